import type { Transaction } from "@genbo/database/connection";
import type { Cursor } from "@genbo/database/cursor";
import { type NewEvent, writeEvents } from "@genbo/database/events-write";
import { markMined, markOperationsMined } from "@genbo/database/outbox-mined";
import { type EndedOperation, type Outcome, settleCommands } from "@genbo/database/outbox-settle";
import { writeTransferStates, writeWalletStates } from "@genbo/database/register-write-subjects";
import { closeReturned, writeSettlementNews } from "@genbo/database/settlements-settle";
import type { Log } from "@genbo/domain/log";
import { refusalOf } from "@genbo/domain/refusals";
import { advanceRegister, endOf, enterLot } from "./enter-lot.ts";
import type { FoldedLot } from "./fold-lot.ts";
import { foreignTransactions } from "./foreign.ts";
import type { Lot } from "./lot.ts";
import { operationNotice, settlementNotices } from "./notices.ts";
import { settleLot } from "./settle-lot.ts";

/** What a lot of blocks brought. */
export interface Written {
  folded: FoldedLot;
  /** Transactions of ours in it, what became of their commands, and the operations that ended. */
  mined: number;
  outcomes: readonly Outcome[];
  ended: readonly EndedOperation[];
}
export interface Applied extends Written {
  cursor: Cursor;
}

/** Writes all that follows from a lot of blocks: the register, what became of our commands, events, the cursor. */
export async function applyLot(
  tx: Transaction,
  lot: Lot,
  context: { now: Date; log: Log },
): Promise<Applied> {
  const applied = await advanceRegister(tx, lot, (registry, events) =>
    writeLot(tx, lot, registry, events, context),
  );
  await writeEvents(tx, applied.events);
  return applied;
}

/** Enters a lot, and settles our commands in it. Adds to `events`. */
export async function writeLot(
  tx: Transaction,
  lot: Lot,
  registry: { seq: number; head: string },
  events: NewEvent[],
  { now, log }: { now: Date; log: Log },
): Promise<Written> {
  const { folded, ours } = await enterLot(tx, lot, registry, events, log);
  const foreign = await foreignTransactions(tx, lot, ours, log);
  const settled = settleLot(lot, folded, new Map([...ours, ...foreign]), log);
  await markMined(tx, settled.mined);
  await closeReturned(tx, await writeTransferStates(tx, settled.transferStates));
  await writeWalletStates(tx, settled.walletsRegistered, settled.walletsRefused);
  await markOperationsMined(tx, settled.waiting, now);
  const ended = await settleCommands(tx, settled.outcomes, { now, codeName: (code) => refusalOf(code).code });
  const at = endOf(lot.blocks);
  const heard = await writeSettlementNews(tx, folded.settlements);
  events.push(...settlementNotices(folded.settlements, heard, at));
  events.push(...ended.map((operation) => operationNotice(operation, at)));
  return { folded, mined: settled.mined.length, outcomes: settled.outcomes, ended };
}
