import type { Queryable } from "./connection.ts";
import type { Position } from "./register-read-position.ts";

/** Sums over the holders whose registry records have exactly these class bits. No person, no account. */
export interface ClassTotals {
  classBits: number;
  holders: number;
  units: bigint;
}

/** Holders and units by class of investor as of a position, with the classes that the registry gave by then. */
export async function totalsByClass(db: Queryable, at: Position): Promise<ClassTotals[]> {
  const found = await db.query<{ class_bits: number; holders: number; units: bigint }>({
    name: "register-classes",
    // Class bits are hex digits 24 to 27 of the record's word (registry-record.ts).
    text: `select class_bits, count(distinct person_id)::integer as holders, sum(units)::bigint as units
      from (
        select p.person_id, p.units, ('x' || substr(r.record, 27, 4))::bit(16)::integer as class_bits
        from holding_period p cross join lateral (
          select record from registry_record
          where wallet = p.account and block_number <= $3 order by seq desc limit 1
        ) r
        where p.issue_id = $1 and p.from_seq <= $2 and (p.to_seq is null or p.to_seq > $2)
      ) held
      group by class_bits order by class_bits`,
    values: [at.issueId, at.seq, at.block],
  });
  return found.rows.map(({ class_bits, holders, units }) => ({ classBits: class_bits, holders, units }));
}
