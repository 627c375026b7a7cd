import { type Word, zeroWord } from "@genbo/domain/words";
import type { Queryable } from "../sql/connection.ts";
import type { Overlay } from "./row.ts";

/** Which state of the register is asked for. Several bounds together: the earliest counts. None: the present. */
export interface Moment {
  /** Legal time: blocks up to and at this instant. A day is `lastInstantOf(day)`. */
  asOf?: Date;
  block?: number;
  seq?: number;
}

/**
 * An issue's register just after one of its entries: a position, or `{issueId, seq}` of a frozen record-date list; or
 * what is known of it now, where it has an overlay.
 */
export type StateOf = Pick<Position, "issueId" | "seq"> & { overlay?: Overlay | null };

/** A state of an issue's register. The same bounds in the past give the same position for ever. */
export interface Position {
  issueId: string;
  /** The last entry that counts; 0 before the first. */
  seq: number;
  /** The head of the entry chain there. */
  head: Word;
  /** The cursor's block where no moment is named; else the block of the last entry that counts, now and for ever. */
  block: number;
  hash: Word;
  time: Date;
  /** Legal time: the instant that was asked for; else the time of the block. */
  legalTime: Date;
  totals: { units: bigint; holders: number; accounts: number };
}

/**
 * Up to which block, or before which instant, the registry had named the persons of a state: names change between the
 * entries of an issue, so an instant that was asked for counts itself.
 */
export const namedUntil = ({
  block,
  time,
  legalTime = time,
}: Pick<Position, "block" | "time"> & { legalTime?: Date }): number | Date =>
  legalTime > time ? new Date(legalTime.getTime() + 1) : block;

/** The same in a query of records: up to which block, and before which instant. */
export const namedBounds = (until: number | Date): [number, Date | "infinity"] =>
  typeof until === "number" ? [until, "infinity"] : [Number.MAX_SAFE_INTEGER, until];

interface Row {
  seq: bigint | null;
  head: string;
  total_units: bigint;
  total_holders: number;
  total_accounts: number;
  block_number: bigint;
  block_hash: string;
  block_time: Date;
  now_number: bigint;
  now_hash: string;
  now_time: Date;
  first_number: bigint;
  first_hash: string;
  first_time: Date;
}

const columns = "seq, head, total_units, total_holders, total_accounts, block_number, block_hash, block_time";

/** One probe of one index: entries of an issue have rising numbers, blocks and block times. */
const lastByTime = `select ${columns} from entry where issue_id = $1 and block_time <= $2
    and block_time <= (select time from chain_block where number <= $3 order by number desc limit 1)
    and block_number <= $3 and seq <= $4
  order by block_time desc, seq desc limit 1`;
const lastBySeq = `select ${columns} from entry where issue_id = $1 and seq <= $4
    and block_time <= $2 and block_number <= $3
  order by seq desc limit 1`;

const textOf = (last: string) => `select e.*, c.block_number as now_number, c.block_hash as now_hash,
    c.block_time as now_time, b.number as first_number, b.hash as first_hash, b.time as first_time
  from chain_cursor c
  cross join lateral (select number, hash, time from chain_block order by number limit 1) b
  left join lateral (${last}) e on true
  where c.id = 1`;

/** Where the register of an issue stood at a moment; undefined before the first block was folded. */
export async function positionOf(
  db: Queryable,
  issueId: string,
  moment: Moment = {},
): Promise<Position | undefined> {
  const { block = Number.MAX_SAFE_INTEGER, seq = Number.MAX_SAFE_INTEGER } = moment;
  const time = moment.asOf;
  const query =
    moment.seq === undefined
      ? { name: "register-position", text: textOf(lastByTime) }
      : { name: "register-position-seq", text: textOf(lastBySeq) };
  const found = await db.query<Row>({ ...query, values: [issueId, time ?? "infinity", block, seq] });
  const row = found.rows[0];
  if (row === undefined) return undefined;
  const isPresent = Object.values(moment).every((bound) => bound === undefined);
  const at = blockOf(row, isPresent);
  return { issueId, ...entryOf(row), ...at, legalTime: time ?? at.time };
}

function entryOf(row: Row): Pick<Position, "seq" | "head" | "totals"> {
  if (row.seq === null) return { seq: 0, head: zeroWord, totals: { units: 0n, holders: 0, accounts: 0 } };
  const totals = { units: row.total_units, holders: row.total_holders, accounts: row.total_accounts };
  return { seq: Number(row.seq), head: row.head, totals };
}

function blockOf(row: Row, isPresent: boolean): Pick<Position, "block" | "hash" | "time"> {
  if (isPresent) return { block: Number(row.now_number), hash: row.now_hash, time: row.now_time };
  // Blocks without entries may be pruned; the first one and those with entries never are.
  if (row.seq === null)
    return { block: Number(row.first_number), hash: row.first_hash, time: row.first_time };
  return { block: Number(row.block_number), hash: row.block_hash, time: row.block_time };
}
