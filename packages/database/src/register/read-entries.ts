import { entryKinds } from "@genbo/domain/entry-kinds";
import type { Word } from "@genbo/domain/words";
import type { Lot } from "@genbo/register/state";
import type { Queryable } from "../sql/connection.ts";
import { linesOf, notOnlyMoves } from "./chain-entry.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import type { RegisterFilter } from "./read.ts";
import type { StateOf } from "./read-position.ts";

/** One line of the register. Accounts and persons are null where the line has none; days are JST dates. */
export interface EntryLine {
  seq: number;
  kind: number;
  basis: number;
  units: bigint;
  from: string | null;
  to: string | null;
  fromPerson: string | null;
  toPerson: string | null;
  ref: Word;
  data: Word;
  head: Word;
  tradeDate: string | null;
  acquiredOn: string | null;
  settlementDate: string | null;
  holdId: Word | null;
  lots: Lot[];
  /** The earlier entry that this one rectifies. */
  corrects: number | null;
  /** The past day from whose beginning an order of a court has effect. */
  effectiveOn: string | null;
  /** Later entries that rectify this one, as far as they are known. */
  correctedBy: number[];
  operationId: string | null;
  maker: string | null;
  checker: string | null;
  block: number;
  blockHash: Word;
  blockTime: Date;
  txHash: Word;
  logIndex: number;
  enteredAt: Date;
  /** Null for a line that perfects nothing, such as a request. */
  perfectedAt: Date | null;
}

export interface EntriesQuery extends RegisterFilter {
  /** Entries after this number; 0 from the first. */
  after?: number | undefined;
  limit: number;
}

export interface EntriesPage {
  /** By number. */
  lines: EntryLine[];
  /** The last number of this page; null on the last page. */
  next: number | null;
}

type Row = Omit<EntryLine, "seq" | "block" | "lots" | "corrects" | "correctedBy"> & {
  seq: bigint;
  block: bigint;
  lots: LotsJson;
  corrects: bigint | null;
};

const columns = `seq, kind, basis, units, from_account as "from", to_account as "to", from_person as "fromPerson",
  to_person as "toPerson", ref, data, head, trade_date as "tradeDate", acquired_on as "acquiredOn",
  settlement_date as "settlementDate", hold_id as "holdId", lots, corrects,
  effective_on as "effectiveOn", operation_id as "operationId", maker, checker,
  block_number as block, block_hash as "blockHash", block_time as "blockTime", tx_hash as "txHash",
  log_index as "logIndex", entered_at as "enteredAt", perfected_at as "perfectedAt"`;

/** Which lines: a line concerns a broker or a person when either side is an account of theirs. */
const sources = {
  all: "entry e where $5::text is null and",
  custodian: `entry e where exists (
    select 1 from account a where a.custodian_id = $5 and a.address in (e.from_account, e.to_account)) and`,
  // The first lines of each account of the person are enough for the first of all.
  person: `(select distinct x.seq from account a
    cross join lateral ${linesOf("$1", "a.address", "seq > $3 and seq <= $2", "$4")} x
    where a.person_id = $5) found join entry e using (seq) where`,
} as const;

/**
 * A page of an issue's lines up to a position, in order.
 * @param knownSeq the last entry whose corrections are known; that of the position by default
 */
export async function entriesPage(
  db: Queryable,
  at: StateOf,
  query: EntriesQuery,
  knownSeq = at.seq,
): Promise<EntriesPage> {
  const { custodianId, personId, after = 0, limit } = query;
  const kind = personId !== undefined ? "person" : custodianId !== undefined ? "custodian" : "all";
  const found = await db.query<Row>({
    name: `register-entries-${kind}`,
    text: `select ${columns} from ${sources[kind]} e.issue_id = $1 and seq > $3 and seq <= $2 order by seq limit $4`,
    values: [at.issueId, at.seq, after, limit + 1, personId ?? custodianId ?? null],
  });
  const rows = found.rows.slice(0, limit);
  const corrections = await correctionsOfLines(db, at.issueId, rows, knownSeq);
  const lines = rows.map((row) => lineOf(row, corrections.get(row.seq) ?? []));
  return { lines, next: found.rows.length > limit ? (lines.at(-1)?.seq ?? null) : null };
}

/** The first lines of holds up to a position, in order; of a hold that was divided, those of the parts that are named. */
export async function linesOfHolds(
  db: Queryable,
  { issueId, seq }: StateOf,
  { ids, limit }: { ids: readonly string[]; limit: number },
): Promise<EntryLine[]> {
  const found = await db.query<Row>({
    name: "lines-of-holds",
    text: `select ${columns} from entry where issue_id = $1 and ref = any($2) and ${notOnlyMoves} and seq <= $3
        and (kind <> ${entryKinds.HOLD_SUCCEEDED} or hold_id = any($2)) order by seq limit $4`,
    values: [issueId, ids, seq, limit],
  });
  const corrections = await correctionsOfLines(db, issueId, found.rows, seq);
  return found.rows.map((row) => lineOf(row, corrections.get(row.seq) ?? []));
}

/** Which later entries rectify these lines, by the number of the line. */
async function correctionsOfLines(
  db: Queryable,
  issueId: string,
  lines: readonly Row[],
  knownSeq: number,
): Promise<Map<bigint, number[]>> {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const found = await db.query<{ corrects: bigint; by: bigint[] }>({
    name: "register-corrected-by",
    text: `select corrects, array_agg(seq order by seq) as by from entry
      where issue_id = $1 and corrects between $2 and $3 and seq <= $4 group by corrects`,
    values: [issueId, first.seq, last.seq, knownSeq],
  });
  return new Map(found.rows.map(({ corrects, by }) => [corrects, by.map(Number)]));
}

const lineOf = (row: Row, correctedBy: number[]): EntryLine => ({
  ...row,
  seq: Number(row.seq),
  block: Number(row.block),
  lots: lotsFromJson(row.lots),
  corrects: row.corrects === null ? null : Number(row.corrects),
  correctedBy,
});
