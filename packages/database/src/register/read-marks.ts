import { entryKinds } from "@genbo/domain/entry-kinds";
import { basisCode } from "@genbo/domain/legal-basis";
import { type Capacity, capacityOf } from "@genbo/domain/trust-mark";
import { decodeRatio, scaled } from "@genbo/domain/words";
import type { Queryable } from "../sql/connection.ts";
import type { StateOf } from "./read-position.ts";
import { periodsOf } from "./standing.ts";

/** A mark on units of an account that stood at a position: trust property (TA 206), or the trustee's own (197(1)). */
export interface MarkAt {
  account: string;
  /** TRUST_PROPERTY_MARK, or the basis on which the trustee took or gave units of it. */
  basis: number;
  units: bigint;
  capacity: Capacity;
  /** The entry that made it, and when that entered. */
  fromSeq: number;
  enteredAt: Date;
  /** The other trust, as the case that made it calls it. */
  trust: string | null;
}

interface Row extends Omit<MarkAt, "capacity" | "fromSeq"> {
  data: string;
  seq: bigint;
}

/**
 * The marks of these accounts as of a position. The last line about an account says how many of its units are marked.
 * Units that leave the account leave their mark behind, and unmarked ones leave first: a mark covers no more than the
 * fewest units that the account has had since, and none once it was empty. A consolidation or split changes it as it
 * changes the units. A rectification of dates marks nothing.
 */
export async function marksAt(db: Queryable, at: StateOf, accounts: readonly string[]): Promise<MarkAt[]> {
  if (accounts.length === 0) return [];
  const found = await db.query<Row>({
    name: "marks-at",
    text: `select m.account, m.basis, m.units, m.data, m.seq, m."enteredAt", k.facts ->> 'trust' as trust
      from (
        select distinct on (to_account, basis = ${trustProperty}) to_account as account, basis, units, data, seq, ref,
          entered_at as "enteredAt"
        from entry where issue_id = $1 and kind = ${entryKinds.MARK} and to_account = any($2) and seq <= $3
          and basis <> ${rectification}
        order by to_account, basis = ${trustProperty}, seq desc
      ) m
      left join legal_case k on k.ref = m.ref
      where m.units > 0 order by m.account, m.seq`,
    values: [at.issueId, accounts, at.seq],
  });
  const marked = [...new Set(found.rows.map(({ account }) => account))];
  const holdings = await holdingsOf(db, at, marked, Math.min(...found.rows.map(({ seq }) => Number(seq))));
  return found.rows.flatMap(({ data, seq, ...row }) => {
    const fromSeq = Number(seq);
    const since = holdings.filter(
      ({ account, to }) => account === row.account && (to === null || to > fromSeq),
    );
    const units = coveredBy(row.units, fromSeq, since);
    return units === 0n ? [] : [{ ...row, units, capacity: capacityOf(data), fromSeq }];
  });
}

interface HeldSince {
  account: string;
  from: number;
  to: number | null;
  units: bigint;
  /** Data of the account's own line of a consolidation or split, where that began it. */
  ratio: string | null;
}

/** What is left of a mark by what its account has had since, in order. */
function coveredBy(marked: bigint, fromSeq: number, since: readonly HeldSince[]): bigint {
  let [units, end] = [marked, fromSeq];
  for (const [place, { from, to, units: held, ratio }] of since.entries()) {
    // The first one stood when the mark was made; between others the account was empty.
    if (place > 0 && from !== end) return 0n;
    if (ratio !== null && from > fromSeq) units = scaled(units, decodeRatio(ratio));
    if (held < units) units = held;
    end = to ?? 0;
  }
  return since.at(-1)?.to === null ? units : 0n;
}

/** Holdings of these accounts from entry `since` up to a position, oldest first; one that has ended later stood then. */
async function holdingsOf(
  db: Queryable,
  { issueId, seq }: StateOf,
  accounts: readonly string[],
  since: number,
): Promise<HeldSince[]> {
  if (accounts.length === 0) return [];
  const found = await db.query<HeldSince>({
    name: "holdings-of-marked",
    text: `select p.account, p.from_seq::float8 as "from", p.to_seq::float8 as "to", p.units, e.data as ratio
      from ${periodsOf("$1", "$2", "$3")} p
      left join entry e on e.issue_id = p.issue_id and e.seq = p.from_seq and e.kind = ${entryKinds.RATIO}
        and e.to_account = e.from_account -- those of its holds leave its units as they are
      where p.to_seq is null or p.to_seq > $4
      order by p.account, p.from_seq`,
    values: [issueId, accounts, seq, since],
  });
  return found.rows;
}

const trustProperty = basisCode("TRUST_PROPERTY_MARK");
const rectification = basisCode("RECTIFICATION");
