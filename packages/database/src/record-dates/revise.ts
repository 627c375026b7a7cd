import { isDeepStrictEqual } from "node:util";
import { registerPage } from "../register/read.ts";
import { correctionsBetween, type Reading, readingOf } from "../register/read-overlay.ts";
import { type Position, positionOf } from "../register/read-position.ts";
import type { RegisterRow } from "../register/row.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import type { FrozenList } from "./freeze.ts";

/** A version of a record date's list: the state at 24:00 JST of its day, as known at entry `knownSeq`. */
export interface ListState {
  issueId: string;
  seq: number;
  knownSeq: number;
  /** 24:00 JST of the day. */
  closesAt: Date;
}

/** The register as a version of a list has it: the same bytes for ever, whatever enters later. */
export async function readingOfList(db: Queryable, list: ListState): Promise<Reading> {
  const { issueId, seq, knownSeq, closesAt } = list;
  const at = (await positionOf(db, issueId, { seq })) as Position;
  const known = knownSeq === seq ? at : ((await positionOf(db, issueId, { seq: knownSeq })) as Position);
  // A day counts to its last instant: what has effect from the next one is none of this list.
  return readingOf(db, { ...at, legalTime: new Date(closesAt.getTime() - 1) }, known);
}

interface LatestRow {
  record_date_id: string;
  issue_id: string;
  version: number;
  seq: bigint;
  known_seq: bigint;
  head: string;
  closes_at: Date;
}

/**
 * Makes the next version of each list on which entries that have come since say something: one for each such entry, in
 * order, so that a chain that is read again gives the same versions. Versions before stay as they are.
 * @param issueIds issues of which such entries may have come
 */
export async function reviseLists(tx: Transaction, issueIds: readonly string[]): Promise<FrozenList[]> {
  if (issueIds.length === 0) return [];
  const latest = await tx.query<LatestRow>(
    `select distinct on (l.record_date_id) l.record_date_id, l.issue_id, l.version, l.seq, l.known_seq, l.head, r.closes_at
     from record_date_list l join record_date r on r.id = l.record_date_id
     where l.issue_id = any($1) order by l.record_date_id, l.version desc`,
    [issueIds],
  );
  const made: FrozenList[] = [];
  for (const row of latest.rows) made.push(...(await revise(tx, row)));
  return made;
}

async function revise(tx: Transaction, row: LatestRow): Promise<FrozenList[]> {
  const [issueId, seq, knownSeq] = [row.issue_id, Number(row.seq), Number(row.known_seq)];
  const legalTime = new Date(row.closes_at.getTime() - 1);
  const corrections = await correctionsBetween(tx, { issueId, seq, legalTime });
  const made: FrozenList[] = [];
  for (const { entry } of corrections.filter((each) => each.entry.seq > knownSeq)) {
    const state = { issueId, seq, knownSeq: entry.seq, closesAt: row.closes_at };
    const { totals, overlay } = await readingOfList(tx, state);
    // What cannot be true of that state leaves the list as it was.
    if (!overlay?.made.some((each) => each.entry.seq === entry.seq)) continue;
    const version = row.version + made.length + 1;
    const { units, holders } = totals;
    await tx.query(
      `insert into record_date_list
         (record_date_id, version, issue_id, seq, known_seq, head, units, holders, block_number, block_hash, frozen_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, e.block_number, e.block_hash, e.block_time
       from entry e where e.issue_id = $3 and e.seq = $5`,
      [row.record_date_id, version, issueId, seq, entry.seq, row.head, units, holders],
    );
    made.push({
      recordDateId: row.record_date_id,
      issueId,
      version,
      seq,
      knownSeq: entry.seq,
      units,
      holders,
    });
  }
  return made;
}

/** How an account stands in a version of a list, and in the one before; null without units. */
export interface ListChange {
  account: string;
  before: RegisterRow | null;
  after: RegisterRow | null;
}

/** What a version has otherwise than the one before. @param custodianId of its accounts alone */
export async function changesOf(
  db: Queryable,
  before: Reading,
  after: Reading,
  custodianId?: number,
): Promise<ListChange[]> {
  const changes: ListChange[] = [];
  const corrected = [...(after.overlay?.accounts ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [account, { row, custodian }] of corrected) {
    if (custodianId !== undefined && custodian !== custodianId) continue;
    const stood = await rowOf(db, before, account);
    if (!isDeepStrictEqual(stood, row)) changes.push({ account, before: stood, after: row });
  }
  return changes;
}

/** An account's row in a reading: the first after the address before it. */
async function rowOf(db: Queryable, at: Reading, account: string): Promise<RegisterRow | null> {
  const after = `0x${(BigInt(account) - 1n).toString(16).padStart(40, "0")}`;
  const [row] = (await registerPage(db, at, { after, limit: 1 })).rows;
  return row?.account === account ? row : null;
}
