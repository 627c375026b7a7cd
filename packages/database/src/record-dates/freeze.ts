import { zeroWord } from "@genbo/domain/words";
import { heldOf } from "../register/standing.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";

/** The block by which a list is frozen: the first one at or after 24:00 JST of its day. */
export interface FreezingBlock {
  number: number;
  hash: string;
  time: Date;
}

export interface FrozenList {
  recordDateId: string;
  issueId: string;
  version: number;
  seq: number;
  /** The last entry that it knows of. */
  knownSeq: number;
  units: bigint;
  holders: number;
}

export interface Closing {
  issueId: string;
  /** A date set late closes when it is set. */
  due: Date;
}

/** When the next record date without a list closes, of each issue that has one; the first one first. */
export async function nextClosings(db: Queryable): Promise<Closing[]> {
  const result = await db.query<Closing>(
    `select r.issue_id as "issueId", min(greatest(r.closes_at, r.created_at)) as due from record_date r
     where not exists (select 1 from record_date_list l where l.record_date_id = r.id)
     group by r.issue_id order by due`,
  );
  return result.rows;
}

interface DueRow {
  id: string;
  issue_id: string;
  closes_at: Date;
}

/**
 * Freezes the lists that are due at `block`, before its entries enter: holders at the last entry before 24:00 JST
 * (Trust Act 189). An issue under quarantine waits, because its register may lack entries.
 */
export async function freezeRecordDates(
  tx: Transaction,
  block: FreezingBlock,
  quarantined: readonly string[],
): Promise<FrozenList[]> {
  const due = await tx.query<DueRow>(
    `select r.id, r.issue_id, r.closes_at from record_date r
     where greatest(r.closes_at, r.created_at) <= $1 and r.issue_id <> all($2)
       and not exists (select 1 from record_date_list l where l.record_date_id = r.id)
     order by r.id`,
    [block.time, quarantined],
  );
  const lists: FrozenList[] = [];
  for (const row of due.rows) lists.push(await freeze(tx, row, block));
  return lists;
}

async function freeze(tx: Transaction, date: DueRow, block: FreezingBlock): Promise<FrozenList> {
  const last = await tx.query<{ seq: bigint; head: string }>(
    "select seq, head from entry where issue_id = $1 and block_time < $2 order by seq desc limit 1",
    [date.issue_id, date.closes_at],
  );
  const { seq, head } = last.rows[0] ?? { seq: 0n, head: zeroWord };
  const sums = await tx.query<{ units: bigint; holders: number }>(
    `select coalesce(sum(units), 0)::bigint as units, count(distinct person_id)::integer as holders
     from ${heldOf("$1", "$2")} h`,
    [date.issue_id, seq],
  );
  const { units, holders } = sums.rows[0]!;
  await tx.query(
    `insert into record_date_list
       (record_date_id, version, issue_id, seq, known_seq, head, units, holders, block_number, block_hash, frozen_at)
     values ($1, 1, $2, $3, $3, $4, $5, $6, $7, $8, $9)`,
    [date.id, date.issue_id, seq, head, units, holders, block.number, block.hash, block.time],
  );
  return {
    recordDateId: date.id,
    issueId: date.issue_id,
    version: 1,
    seq: Number(seq),
    knownSeq: Number(seq),
    units,
    holders,
  };
}
