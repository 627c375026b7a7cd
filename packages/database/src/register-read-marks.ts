import { entryKinds } from "@genbo/domain/entry-kinds";
import { basisCode } from "@genbo/domain/legal-basis";
import { type Capacity, capacityOf } from "@genbo/domain/trust-mark";
import type { Queryable } from "./connection.ts";
import type { StateOf } from "./register-read-position.ts";

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
 * fewest units that the account has had since, and none once it was empty. A rectification of dates marks nothing.
 */
export async function marksAt(
  db: Queryable,
  { issueId, seq }: StateOf,
  accounts: readonly string[],
): Promise<MarkAt[]> {
  if (accounts.length === 0) return [];
  const found = await db.query<Row>({
    name: "marks-at",
    text: `select m.account, m.basis, m.data, m.seq, m."enteredAt", k.facts ->> 'trust' as trust, least(m.units, l.units) as units
      from (
        select distinct on (to_account, basis = ${trustProperty}) to_account as account, basis, units, data, seq, ref,
          entered_at as "enteredAt"
        from entry where issue_id = $1 and kind = ${entryKinds.MARK} and to_account = any($2) and seq <= $3
          and basis <> ${rectification}
        order by to_account, basis = ${trustProperty}, seq desc
      ) m
      cross join lateral (
        select case when bool_or(p.to_seq <= $3 and not exists (
            select 1 from holding_period n
            where n.issue_id = $1 and n.account = m.account and n.from_seq = p.to_seq))
          then 0 else min(p.units) end as units
        from holding_period p
        where p.issue_id = $1 and p.account = m.account and p.from_seq <= $3 and (p.to_seq is null or p.to_seq > m.seq)
      ) l
      left join legal_case k on k.ref = m.ref
      where least(m.units, l.units) > 0 and l.units is not null
      order by m.account, m.seq`,
    values: [issueId, accounts, seq],
  });
  return found.rows.map(({ data, seq: fromSeq, ...row }) => ({
    ...row,
    capacity: capacityOf(data),
    fromSeq: Number(fromSeq),
  }));
}

const trustProperty = basisCode("TRUST_PROPERTY_MARK");
const rectification = basisCode("RECTIFICATION");
