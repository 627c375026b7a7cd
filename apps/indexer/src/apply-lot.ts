import {
  closeReturned,
  type HeardSettlement,
  type SettlementNews,
  writeSettlementNews,
} from "@genbo/database/issues/settlements-settle";
import type { EndedOperation } from "@genbo/database/outbox/ended";
import { eventTeller, type Tell } from "@genbo/database/outbox/events-write";
import { markMined, markOperationsMined } from "@genbo/database/outbox/mined";
import { type Outcome, settleCommands } from "@genbo/database/outbox/settle";
import { followRegistry } from "@genbo/database/parties/investors-settle";
import type { StoredCursor } from "@genbo/database/register/cursor";
import { writeTransferStates, writeWalletStates } from "@genbo/database/register/write-subjects";
import type { Transaction } from "@genbo/database/sql/connection";
import { together } from "@genbo/database/sql/together";
import type { Log } from "@genbo/domain/log";
import { refusalOf } from "@genbo/domain/refusals";
import { advanceRegister, endOf, enterLot, type PreparedLot } from "./enter-lot.ts";
import type { FoldedLot } from "./fold-lot.ts";
import { foreignTransactions } from "./foreign.ts";
import { operationNotice, settlementNotices } from "./notices.ts";
import { type SettledLot, settleLot } from "./settle-lot.ts";

/** What a lot of blocks brought. */
export interface Written {
  folded: FoldedLot;
  /** Transactions of ours in it, what became of their commands, and the operations that ended. */
  mined: number;
  outcomes: readonly Outcome[];
  ended: readonly EndedOperation[];
}
export interface Applied extends Written {
  cursor: StoredCursor;
}

/**
 * Writes all that follows from a folded lot: the register, what became of our commands, events, the cursor.
 * @param from the cursor that the lot was folded for
 */
export async function applyLot(
  tx: Transaction,
  prepared: PreparedLot,
  from: StoredCursor,
  context: { now: Date; log: Log },
): Promise<Applied> {
  const tell = eventTeller(tx);
  return advanceRegister(tx, prepared, from, tell, () => writeLot(tx, prepared, tell, context));
}

/** Enters a lot, and settles our commands in it. */
export async function writeLot(
  tx: Transaction,
  prepared: PreparedLot,
  tell: Tell,
  { now, log }: { now: Date; log: Log },
): Promise<Written> {
  const { lot, folded, ours } = prepared;
  const foreign = await foreignTransactions(tx, lot, prepared, log);
  const settled = settleLot(lot, folded, new Map([...ours, ...foreign]), log);
  const codeName = (code: number) => refusalOf(code).code;
  const [, , heard, , , ended] = await together(
    enterLot(tx, prepared, tell, log),
    markMined(tx, settled.mined),
    settleTransfers(tx, settled, folded.settlements),
    writeWalletStates(tx, settled.walletsRegistered, settled.walletsRefused),
    markOperationsMined(tx, settled.waiting, now),
    settleCommands(tx, settled.outcomes, { now, codeName }),
  );
  await followRegistry(tx, settled.walletsRefused);
  const at = endOf(lot.blocks);
  await tell([
    ...settlementNotices(folded.settlements, heard, at),
    ...ended.map((operation) => operationNotice(operation, at)),
  ]);
  return { folded, mined: settled.mined.length, outcomes: settled.outcomes, ended };
}

async function settleTransfers(
  tx: Transaction,
  { transfers, transfersRefused }: SettledLot,
  news: readonly SettlementNews[],
): Promise<HeardSettlement[]> {
  await closeReturned(tx, await writeTransferStates(tx, transfers, transfersRefused));
  return writeSettlementNews(tx, news);
}
