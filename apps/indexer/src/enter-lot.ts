import type { ChainBlock } from "@genbo/chain/blocks";
import { writeAnchors } from "@genbo/database/anchors";
import { openBreak } from "@genbo/database/breaks-write";
import type { Transaction } from "@genbo/database/connection";
import { type Cursor, insertBlocks, readCursor, writeCursor } from "@genbo/database/cursor";
import type { NewEvent } from "@genbo/database/events-write";
import { type OurTransaction, ourTransactions } from "@genbo/database/outbox-mined";
import { freezeRecordDates } from "@genbo/database/record-dates-freeze";
import { reviseLists } from "@genbo/database/record-dates-revise";
import { collectDerived, type EntryRow, writeEntries } from "@genbo/database/register-write";
import { writeRegistry } from "@genbo/database/register-write-registry";
import { activateIssues } from "@genbo/database/register-write-subjects";
import { newId } from "@genbo/domain/ids";
import type { Log } from "@genbo/domain/log";
import { type FoldedLot, foldLot } from "./fold-lot.ts";
import type { Lot } from "./lot.ts";
import { breakNotice, recordDateNotice } from "./notices.ts";
import { createOrigins } from "./origins.ts";

/** The blocks do not follow the cursor: somebody else has written meanwhile, or the chain has moved. */
export class NotNext extends Error {
  override readonly name = "NotNext";
}

export interface Entered {
  folded: FoldedLot;
  ours: ReadonlyMap<string, OurTransaction>;
}
type RegistryLine = { seq: number; head: string };

/**
 * Takes a register on by a lot of blocks: lists that are due, what `write` makes of the lot, blocks, cursor.
 * @returns what `write` returned, the new cursor and the events that whoever heard of the register so far is to hear
 */
export async function advanceRegister<Written extends { folded: FoldedLot }>(
  tx: Transaction,
  lot: Lot,
  write: (registry: RegistryLine, events: NewEvent[]) => Promise<Written>,
): Promise<Written & { cursor: Cursor; events: NewEvent[] }> {
  const { blocks } = lot;
  const [first, last] = [blocks[0], blocks.at(-1)];
  const cursor = await readCursor(tx, true);
  if (first === undefined || last === undefined || cursor === undefined)
    throw new NotNext("nothing to apply");
  if (first.number !== cursor.blockNumber + 1 || first.parentHash !== cursor.blockHash) {
    throw new NotNext(`block ${first.number} does not follow ${cursor.blockNumber}`);
  }
  const events = await freeze(tx, first, lot.quarantined);
  const written = await write({ seq: cursor.registrySeq, head: cursor.registryHead }, events);
  const { registry } = written.folded;
  await insertBlocks(tx, blocks);
  const next = {
    ...cursor,
    blockNumber: last.number,
    blockHash: last.hash,
    blockTime: new Date(last.time * 1000),
    registrySeq: registry.seq,
    registryHead: registry.head,
  };
  await writeCursor(tx, next);
  return { ...written, cursor: next, events };
}

/** Folds a lot's logs and writes the register that follows, apart from blocks and cursor. Adds to `events`. */
export async function enterLot(
  tx: Transaction,
  lot: Lot,
  registry: RegistryLine,
  events: NewEvent[],
  log: Log,
): Promise<Entered> {
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
  return { folded, ours };
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

/** Where and when a lot ends. */
export function endOf(blocks: readonly ChainBlock[]): { blockNumber: number; at: Date } {
  const last = blocks.at(-1) as ChainBlock;
  return { blockNumber: last.number, at: new Date(last.time * 1000) };
}
