import { approvedUnits, type RatioLines, turnsOf } from "@genbo/domain/approved-units";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { scaled } from "@genbo/domain/words";
import type { Queryable } from "../sql/connection.ts";

/** The lines that begin and end consolidations and splits, by issue; up to an entry, if one is given. */
export async function ratioLinesOf(
  db: Queryable,
  issueIds: readonly string[],
  upTo: number | null = null,
): Promise<Map<string, RatioLines>> {
  const found = await db.query<{ issueId: string; seq: bigint; data: string }>(
    `select issue_id as "issueId", seq, data from entry
     where issue_id = any($1) and kind = ${entryKinds.RATIO} and from_account is null and ($2::bigint is null or seq <= $2)
     order by issue_id, seq`,
    [issueIds, upTo],
  );
  const lines = new Map<string, { seq: number; data: string }[]>(issueIds.map((id) => [id, []]));
  for (const { issueId, seq, data } of found.rows) lines.get(issueId)!.push({ seq: Number(seq), data });
  return lines;
}

/** What the trustee approved, in the units as of an entry. */
export async function approvedUnitsAt(
  db: Queryable,
  { id, totalUnits }: { id: string; totalUnits: bigint },
  seq: number,
): Promise<bigint> {
  return approvedUnits(totalUnits, (await ratioLinesOf(db, [id], seq)).get(id)!);
}

/**
 * Units that were issued, in the units of now, redeemed ones too, or are on their way. Locks the issue's row until the
 * transaction ends, so that two requests at once cannot both take what is left.
 */
export async function issuedUnits(tx: Queryable, issueId: string, lines: RatioLines): Promise<bigint> {
  await tx.query("select 1 from issue where id = $1 for no key update", [issueId]);
  const turns = turnsOf(lines);
  // One statement, so that an issuance that enters meanwhile counts once.
  const found = await tx.query<{ period: number; units: bigint }>(
    `select -1 as period, coalesce((select s.units from issue_state s where s.issue_id = $1), 0) + coalesce(
        (select sum((c.args ->> 'units')::bigint) from command c join operation o on o.id = c.operation_id
         where o.issue_id = $1 and o.kind = 'issuance' and c.state in ('queued', 'taken')), 0)::bigint as units
     union all
     select width_bucket(e.seq, $2::bigint[]), sum(e.units)::bigint from entry e
     where e.issue_id = $1 and e.kind = ${entryKinds.REDEEM} group by 1`,
    [issueId, turns.map(({ seq }) => seq)],
  );
  return found.rows.reduce(
    (sum, { period, units }) => sum + (period < 0 ? units : turns.slice(period).reduce(scaled, units)),
    0n,
  );
}
