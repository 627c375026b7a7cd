import { isDeepStrictEqual } from "node:util";
import type { ChainBlock } from "@genbo/chain/blocks";
import type { Tell } from "@genbo/database/outbox/events-write";
import { ourTransactions } from "@genbo/database/outbox/mined";
import { freezeRecordDates } from "@genbo/database/record-dates/freeze";
import { reviseLists } from "@genbo/database/record-dates/revise";
import { writeAnchors } from "@genbo/database/register/anchors";
import { insertBlocks, readCursor, type StoredCursor, writeCursor } from "@genbo/database/register/cursor";
import { issueFigures } from "@genbo/database/register/write-load";
import { writeRegistry } from "@genbo/database/register/write-registry";
import { activateIssues } from "@genbo/database/register/write-subjects";
import type { Queryable, Transaction } from "@genbo/database/sql/connection";
import { together } from "@genbo/database/sql/together";
import { instantOf } from "@genbo/domain/instant-of";
import type { Log } from "@genbo/domain/log";
import { zeroWord } from "@genbo/domain/words";
import { type FoldedLot, foldLot } from "./fold-lot.ts";
import type { FoldMemory } from "./fold-memory.ts";
import type { Lot } from "./lot.ts";
import { recordDateNotice } from "./notices.ts";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";
import { createOrigins, type Ours } from "./origins.ts";

/** The blocks do not follow the cursor: somebody else has written meanwhile, or the chain has moved. */
export class NotNext extends Error {
  override readonly name = "NotNext";
}

type RegistryLine = { seq: number; head: string };

/** A lot whose logs are folded, and that waits to be written. */
export interface PreparedLot {
  lot: Lot;
  /** The registry's line that it begins with. */
  line: RegistryLine;
  ours: Ours;
  folded: FoldedLot;
}

/** Our transactions in these blocks. What is in a block was stored before it was sent, so it is there to be asked for. */
export const oursIn = (db: Queryable, blocks: readonly ChainBlock[]): Promise<Ours> =>
  ourTransactions(
    db,
    blocks.flatMap(({ transactions }) => transactions.map(({ hash }) => hash)),
  );

/** Folds a lot's logs. Reads the database, writes nothing; `memory` moves on. */
export async function prepareLot(
  db: Queryable,
  lot: Lot,
  line: RegistryLine,
  ours: Ours,
  memory: FoldMemory,
  log: Log,
): Promise<PreparedLot> {
  const folded = await foldLot(db, lot, line, createOrigins(ours), memory, log);
  return { lot, line, ours, folded };
}

/**
 * Takes a register on by a lot of blocks: lists that are due, what `write` makes of the lot, blocks, cursor.
 * @param from the cursor that the lot was folded for
 * @param tell for what whoever heard of the register so far is to hear
 * @returns what `write` returned, and the new cursor
 * @throws NotNext when the register is not the one that the lot was folded for
 */
export async function advanceRegister<Written>(
  tx: Transaction,
  prepared: PreparedLot,
  from: StoredCursor,
  tell: Tell,
  write: () => Promise<Written>,
): Promise<Written & { cursor: StoredCursor }> {
  const { lot, folded } = prepared;
  const { blocks } = lot;
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) throw new NotNext("nothing to apply");
  // Goes out first and locks the cursor. What goes out behind it does not wait for the answer, and stands only if it is so.
  const next = expectNext(tx, prepared, first, from);
  if (lot.closes) {
    await next;
    await freeze(tx, first, lot.quarantined, tell);
  }
  const cursor = {
    ...from,
    blockNumber: last.number,
    blockHash: last.hash,
    blockTime: instantOf(last.time),
    registrySeq: folded.registry.seq,
    registryHead: folded.registry.head,
  };
  const [, written, , version] = await together(
    next,
    write(),
    insertBlocks(tx, blocks),
    writeCursor(tx, cursor),
  );
  return { ...written, cursor: { ...cursor, version } };
}

/** Locks the cursor. @throws NotNext when the register is not the one that a lot was folded for */
async function expectNext(
  tx: Transaction,
  { line, folded }: PreparedLot,
  first: ChainBlock,
  from: StoredCursor,
): Promise<void> {
  const [cursor, figures] = await together(
    readCursor(tx, true),
    issueFigures(
      tx,
      folded.issues.map(({ issue }) => issue.id),
    ),
  );
  if (first.number !== from.blockNumber + 1 || first.parentHash !== from.blockHash)
    throw new NotNext(`block ${first.number} does not follow ${from.blockNumber}`);
  if (cursor?.version !== from.version || from.registrySeq !== line.seq || from.registryHead !== line.head)
    throw new NotNext(`somebody else has moved the register at block ${from.blockNumber}`);
  for (const { issue, before } of folded.issues)
    if (!isDeepStrictEqual(figures.get(issue.id) ?? noFigures, before))
      throw new NotNext(`${issue.id} is not as entry ${before.seq} left it`);
}

/** Of an issue without an entry. */
const noFigures = { seq: 0, head: zeroWord, units: 0n, holders: 0, accounts: 0, policy: zeroWord };

/** Writes the register that follows from a lot, apart from blocks and cursor. */
export async function enterLot(tx: Transaction, prepared: PreparedLot, tell: Tell, log: Log): Promise<void> {
  const { folded } = prepared;
  await together(
    writeRegistry(tx, folded.registry.rows),
    activateIssues(tx, folded.activated),
    writeAnchors(tx, folded.anchors),
    ...folded.added.map((rows) => rows.write(tx)),
    tellAll(tx, prepared, tell, log),
  );
}

/** Lists that what entered revises, then what entered, then what broke. */
async function tellAll(tx: Transaction, { lot, folded }: PreparedLot, tell: Tell, log: Log): Promise<void> {
  const revising = issuesToRevise(folded);
  const lists = revising.length === 0 ? [] : await reviseLists(tx, revising);
  const revised = lists.map((list) => recordDateNotice(list, endOf(lot.blocks)));
  await together(
    tell([...revised, ...folded.notices]),
    openBreaks(tx, log, folded.faults.map(breakOf), tell),
  );
}

async function freeze(
  tx: Transaction,
  block: ChainBlock,
  quarantined: ReadonlySet<string | null>,
  tell: Tell,
): Promise<void> {
  const at = { blockNumber: block.number, at: instantOf(block.time) };
  const issues = [...quarantined].filter((id) => id !== null);
  const lists = await freezeRecordDates(tx, { number: block.number, hash: block.hash, time: at.at }, issues);
  // One that was frozen late may know of corrections at once.
  const revised = await reviseLists(tx, [...new Set(lists.map(({ issueId }) => issueId))]);
  await tell([...lists, ...revised].map((list) => recordDateNotice(list, at)));
}

/** Issues whose lists may have a next version, because entries say something of the past. */
const issuesToRevise = ({ issues }: FoldedLot): string[] =>
  issues.filter(({ corrects }) => corrects).map(({ issue }) => issue.id);

function breakOf({ issueId, fault }: FoldedLot["faults"][number]): FoundBreak {
  const { kind, message, nextSeq, placed } = fault;
  const { block, transaction, log } = placed;
  const detail = { message, txHash: transaction.hash, logIndex: log.index };
  return { issueId, kind, nextSeq, detail, blockNumber: block.number, at: instantOf(block.time) };
}

/** Where and when a lot ends. */
export function endOf(blocks: readonly ChainBlock[]): { blockNumber: number; at: Date } {
  const last = blocks.at(-1) as ChainBlock;
  return { blockNumber: last.number, at: instantOf(last.time) };
}
