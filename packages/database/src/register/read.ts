import type { Queryable } from "../sql/connection.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import type { StateOf } from "./read-position.ts";
import type { Overlay, RegisterRow } from "./row.ts";
import { everHeld, heldBy } from "./standing.ts";

/** Which accounts; at most one of the filters. */
export interface RegisterFilter {
  /** Accounts that this broker keeps now. */
  custodianId?: number;
  personId?: string;
}

export interface RegisterQuery extends RegisterFilter {
  /** The `next` of the page before. */
  after?: string | undefined;
  /** Rows at most. */
  limit: number;
}

export interface RegisterPage {
  /** By account. */
  rows: RegisterRow[];
  /** Null on the last page. */
  next: string | null;
}

const sources = {
  all: { from: `${everHeld("$1", "$2", "$3")} a`, filter: "$5::text is null" },
  custodian: {
    from: "(select address as account from account where custodian_id = $5 and address > $3 order by address) a",
    filter: "true",
  },
  person: {
    from: "(select address as account from account where person_id = $5 and address > $3 order by address) a",
    filter: "true",
  },
} as const;

/** In the order of `a`, which PostgreSQL knows: the limit stops the walk, and nothing is sorted. */
const textOf = ({ from, filter }: (typeof sources)[keyof typeof sources]) => `
  select a.account, p.person_id, p.units, p.encumbered, p.lots, p.from_seq
  from ${from} cross join lateral ${heldBy("$1", "a.account", "$2")} p
  where ${filter} order by a.account limit $4`;

/** A holding period as the table has it. */
export interface PeriodRow {
  account: string;
  person_id: string;
  units: bigint;
  encumbered: bigint;
  lots: LotsJson;
  from_seq: bigint;
}

/**
 * A page of the register as of a position. Pages of one position fit together whatever enters meanwhile, since a
 * past state never changes.
 */
export async function registerPage(db: Queryable, at: StateOf, query: RegisterQuery): Promise<RegisterPage> {
  const { overlay = null } = at;
  const found =
    overlay === null ? (await rowsAt(db, at, query)).map(rowOf) : await overlaid(db, at, overlay, query);
  const rows = found.slice(0, query.limit);
  return { rows, next: found.length > query.limit ? (rows.at(-1)?.account ?? null) : null };
}

/** The rows of the chain's state with those of corrected accounts in their place. */
async function overlaid(
  db: Queryable,
  at: StateOf,
  { accounts }: Overlay,
  query: RegisterQuery,
): Promise<RegisterRow[]> {
  const { after = "", custodianId, personId, limit } = query;
  // So many rows more, since so many of them may not count: what is left is then still a page, or all.
  const found = await rowsAt(db, at, { ...query, limit: limit + accounts.size });
  const others = found.map(rowOf).filter(({ account }) => !accounts.has(account));
  const corrected = [...accounts.values()].flatMap(({ row, custodian }) =>
    row !== null &&
    row.account > after &&
    (custodianId === undefined || custodian === custodianId) &&
    (personId === undefined || row.personId === personId)
      ? [row]
      : [],
  );
  return [...others, ...corrected].sort((a, b) => (a.account < b.account ? -1 : 1)).slice(0, limit + 1);
}

/** One row more than a page has, where there are more. */
async function rowsAt(db: Queryable, at: StateOf, query: RegisterQuery): Promise<PeriodRow[]> {
  const { custodianId, personId, after = "", limit } = query;
  const kind = personId !== undefined ? "person" : custodianId !== undefined ? "custodian" : "all";
  const values = [at.issueId, at.seq, after, limit + 1];
  const found = await db.query<PeriodRow>({
    name: `register-page-${kind}`,
    text: textOf(sources[kind]),
    values: [...values, personId ?? custodianId ?? null],
  });
  return found.rows;
}

export function rowOf(row: PeriodRow): RegisterRow {
  return {
    account: row.account,
    personId: row.person_id,
    units: row.units,
    encumbered: row.encumbered,
    lots: lotsFromJson(row.lots),
    fromSeq: Number(row.from_seq),
  };
}
