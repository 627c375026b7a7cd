import type { Word } from "@genbo/domain/words";
import type { Lot } from "@genbo/register/state";
import type { Queryable } from "./connection.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import type { RegisterFilter } from "./register-read.ts";
import type { StateOf } from "./register-read-position.ts";

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

type Row = Omit<EntryLine, "seq" | "block" | "lots"> & { seq: bigint; block: bigint; lots: LotsJson };

const columns = `seq, kind, basis, units, from_account as "from", to_account as "to", from_person as "fromPerson",
  to_person as "toPerson", ref, data, head, trade_date as "tradeDate", acquired_on as "acquiredOn",
  settlement_date as "settlementDate", hold_id as "holdId", lots, operation_id as "operationId", maker, checker,
  block_number as block, block_hash as "blockHash", block_time as "blockTime", tx_hash as "txHash",
  log_index as "logIndex", entered_at as "enteredAt", perfected_at as "perfectedAt"`;

/** Which lines: a line concerns a broker or a person when either side is an account of theirs. */
const sources = {
  all: "entry e where $5::text is null and",
  custodian: `entry e where exists (
    select 1 from account a where a.custodian_id = $5 and a.address in (e.from_account, e.to_account)) and`,
  // The first lines of each account of the person, by the indexes of both sides, are enough for the first of all.
  person: `(select distinct x.seq from account a cross join lateral (
      (select seq from entry where issue_id = $1 and from_account = a.address and seq > $3 and seq <= $2 order by seq limit $4)
      union all
      (select seq from entry where issue_id = $1 and to_account = a.address and seq > $3 and seq <= $2 order by seq limit $4)
    ) x where a.person_id = $5) found join entry e using (seq) where`,
} as const;

/** A page of an issue's lines up to a position, in order. */
export async function entriesPage(db: Queryable, at: StateOf, query: EntriesQuery): Promise<EntriesPage> {
  const { custodianId, personId, after = 0, limit } = query;
  const kind = personId !== undefined ? "person" : custodianId !== undefined ? "custodian" : "all";
  const found = await db.query<Row>({
    name: `register-entries-${kind}`,
    text: `select ${columns} from ${sources[kind]} e.issue_id = $1 and seq > $3 and seq <= $2 order by seq limit $4`,
    values: [at.issueId, at.seq, after, limit + 1, personId ?? custodianId ?? null],
  });
  const lines = found.rows.slice(0, limit).map(lineOf);
  return { lines, next: found.rows.length > limit ? (lines.at(-1)?.seq ?? null) : null };
}

const lineOf = (row: Row): EntryLine => ({
  ...row,
  seq: Number(row.seq),
  block: Number(row.block),
  lots: lotsFromJson(row.lots),
});
