import type { ChainBlock } from "@genbo/chain/blocks";
import { writeAnchors } from "@genbo/database/anchors";
import { openBreak } from "@genbo/database/breaks-write";
import type { Transaction } from "@genbo/database/connection";
import { type Cursor, insertBlocks, readCursor, writeCursor } from "@genbo/database/cursor";
import { type NewEvent, writeEvents } from "@genbo/database/events-write";
import { markMined, markOperationsMined, ourTransactions } from "@genbo/database/outbox-mined";
import { type EndedOperation, type Outcome, settleCommands } from "@genbo/database/outbox-settle";
import { freezeRecordDates } from "@genbo/database/record-dates-freeze";
import { reviseLists } from "@genbo/database/record-dates-revise";
import { collectDerived, type EntryRow, writeEntries } from "@genbo/database/register-write";
import { writeRegistry } from "@genbo/database/register-write-registry";
import {
  activateIssues,
  writeTransferStates,
  writeWalletStates,
} from "@genbo/database/register-write-subjects";
import { closeReturned, writeSettlementNews } from "@genbo/database/settlements-settle";
import { newId } from "@genbo/domain/ids";
import type { Log } from "@genbo/domain/log";
import { refusalOf } from "@genbo/domain/refusals";
import { type FoldedLot, foldLot } from "./fold-lot.ts";
import type { Lot } from "./lot.ts";
import { breakNotice, operationNotice, recordDateNotice, settlementNotices } from "./notices.ts";
import { createOrigins } from "./origins.ts";
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

/** The blocks do not follow the cursor: somebody else has written meanwhile, or the chain has moved. */
export class NotNext extends Error {
  override readonly name = "NotNext";
}

/** Writes all that follows from a lot of blocks: the register, what became of our commands, events, the cursor. */
export async function applyLot(
  tx: Transaction,
  lot: Lot,
  context: { now: Date; log: Log },
): Promise<Applied> {
  const { blocks } = lot;
  const [first, last] = [blocks[0], blocks.at(-1)];
  const cursor = await readCursor(tx, true);
  if (first === undefined || last === undefined || cursor === undefined)
    throw new NotNext("nothing to apply");
  if (first.number !== cursor.blockNumber + 1 || first.parentHash !== cursor.blockHash) {
    throw new NotNext(`block ${first.number} does not follow ${cursor.blockNumber}`);
  }
  const events = await freeze(tx, first, lot.quarantined);
  const registry = { seq: cursor.registrySeq, head: cursor.registryHead };
  const written = await writeLot(tx, lot, registry, events, context);
  const { folded } = written;
  await writeEvents(tx, events);
  await insertBlocks(tx, blocks);
  const next = {
    ...cursor,
    blockNumber: last.number,
    blockHash: last.hash,
    blockTime: new Date(last.time * 1000),
    registrySeq: folded.registry.seq,
    registryHead: folded.registry.head,
  };
  await writeCursor(tx, next);
  return { ...written, cursor: next };
}

/** Folds a lot's logs and writes what follows, apart from blocks and cursor. Adds to `events`. */
export async function writeLot(
  tx: Transaction,
  lot: Lot,
  registry: { seq: number; head: string },
  events: NewEvent[],
  { now, log }: { now: Date; log: Log },
): Promise<Written> {
  const hashes = lot.blocks.flatMap(({ transactions }) => transactions.map(({ hash }) => hash));
  const ours = await ourTransactions(tx, hashes);
  const folded = await foldLot(tx, lot, registry, createOrigins(ours), log);
  await writeRegistry(tx, folded.registry.rows);
  await activateIssues(tx, folded.activated);
  await writeAnchors(tx, folded.anchors);
  const derived = collectDerived();
  const rows = folded.issues.flatMap((issue) => issue.rows);
  for (const { issueId, step, origin } of rows) derived.add(issueId, step, origin.blockNumber);
  await writeEntries(tx, rows);
  await derived.write(tx);
  events.push(...(await reviseFrozen(tx, lot, rows)));
  events.push(...folded.notices);
  await openBreaks(tx, folded, events, log);

  const settled = settleLot(lot, folded, ours, log);
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

async function freeze(
  tx: Transaction,
  block: ChainBlock,
  quarantined: ReadonlySet<string | null>,
): Promise<NewEvent[]> {
  const at = { blockNumber: block.number, at: new Date(block.time * 1000) };
  const issues = [...quarantined].filter((id) => id !== null);
  const lists = await freezeRecordDates(tx, { number: block.number, hash: block.hash, time: at.at }, issues);
  // One that was frozen late may know of corrections at once.
  const revised = await reviseLists(tx, [...new Set(lists.map(({ issueId }) => issueId))]);
  return [...lists, ...revised].map((list) => recordDateNotice(list, at));
}

/** Next versions of lists of which entries of this lot say something. */
async function reviseFrozen(tx: Transaction, lot: Lot, rows: readonly EntryRow[]): Promise<NewEvent[]> {
  const correcting = rows.filter(
    ({ step }) => step.effect.corrects !== null || step.effect.effectiveOn !== null,
  );
  const issues = [...new Set(correcting.map(({ issueId }) => issueId))];
  const lists = await reviseLists(tx, issues);
  return lists.map((list) => recordDateNotice(list, endOf(lot.blocks)));
}

async function openBreaks(tx: Transaction, folded: FoldedLot, events: NewEvent[], log: Log): Promise<void> {
  for (const { issueId, fault } of folded.faults) {
    const { block, transaction, log: chainLog } = fault.placed;
    const at = new Date(block.time * 1000);
    const id = newId("brk", at);
    const detail = { message: fault.message, txHash: transaction.hash, logIndex: chainLog.index };
    log.error("a break", { id, issueId, kind: fault.kind, block: block.number, ...detail });
    await openBreak(tx, {
      id,
      issueId,
      kind: fault.kind,
      nextSeq: fault.nextSeq,
      detail,
      blockNumber: block.number,
      at,
    });
    events.push(breakNotice(id, issueId, fault.kind, { blockNumber: block.number, at }));
  }
}

function endOf(blocks: readonly ChainBlock[]): { blockNumber: number; at: Date } {
  const last = blocks.at(-1) as ChainBlock;
  return { blockNumber: last.number, at: new Date(last.time * 1000) };
}
