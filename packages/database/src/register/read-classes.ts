import type { Queryable } from "../sql/connection.ts";
import { namedBounds, namedUntil, type Position } from "./read-position.ts";
import type { Overlay } from "./row.ts";
import { heldOf } from "./standing.ts";

/** Sums over the holders whose registry records have exactly these class bits. No person, no account. */
export interface ClassTotals {
  classBits: number;
  holders: number;
  units: bigint;
}

/** Holders and units by class of investor as of a position, with the classes that the registry gave by then. */
export async function totalsByClass(
  db: Queryable,
  at: Position & { overlay?: Overlay | null },
): Promise<ClassTotals[]> {
  const { persons = [], holdings = [] } = at.overlay ?? {};
  const found = await db.query<{ class_bits: number; holders: number; units: bigint }>({
    name: "register-classes",
    // Class bits are hex digits 24 to 27 of the record's word (registry-record.ts). An account to which a correction
    // gives units may have been registered later.
    text: `select class_bits, count(distinct person_id)::integer as holders, sum(units)::bigint as units
      from (
        select h.person_id, h.units, ('x' || substr(coalesce(r.record, f.record), 27, 4))::bit(16)::integer as class_bits
        from (
          select account, person_id, units from ${heldOf("$1", "$2")} p where person_id <> all($5)
          union all
          select * from unnest($6::text[], $7::text[], $8::bigint[])
        ) h
        left join lateral (
          select record from registry_record
          where wallet = h.account and block_number <= $3 and block_time < $4 order by seq desc limit 1
        ) r on true
        left join lateral (
          select record from registry_record where wallet = h.account and r.record is null order by seq limit 1
        ) f on true
      ) held
      group by class_bits order by class_bits`,
    values: [
      ...[at.issueId, at.seq, ...namedBounds(namedUntil(at)), persons],
      holdings.map(({ account }) => account),
      holdings.map(({ person }) => person),
      holdings.map(({ units }) => units),
    ],
  });
  return found.rows.map(({ class_bits, holders, units }) => ({ classBits: class_bits, holders, units }));
}
