import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import type { Queryable } from "../sql/connection.ts";
import type { StateOf } from "./read-position.ts";

/**
 * What the cases about pledges say that they secure, as of a position: each case counts from the entry that it made. Every
 * part of a pledge secures the whole of it (Civil Code 296, 350).
 * @param linesOf by pledge: it, and before it what it was part of
 */
export async function claimsOf(
  db: Queryable,
  { issueId, seq }: StateOf,
  linesOf: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, string>> {
  if (linesOf.size === 0) return new Map();
  const { HOLD_CREATED, HOLD_CHANGED, HOLD_ASSIGNED } = entryKinds;
  const found = await db.query<{ id: string; claim: string }>({
    name: "claims-of-pledges",
    text: `select e.ref as id, k.facts ->> 'claim' as claim
      from entry e join operation o on o.id = e.operation_id join legal_case k on k.id = o.subject_id
      where e.ref = any($2) and e.issue_id = $1 and e.seq <= $3 and k.facts ->> 'claim' is not null
        and e.kind in (${HOLD_CREATED}, ${HOLD_CHANGED}, ${HOLD_ASSIGNED}) and k.kind in ('PLEDGE', 'PLEDGE_CHANGE')
      order by e.seq`,
    values: [issueId, [...new Set([...linesOf.values()].flat())], seq],
  });
  const said = new Map(found.rows.map(({ id, claim }) => [id, claim]));
  return new Map(
    [...linesOf].flatMap(([id, lines]) => {
      const last = lines.findLast((each) => said.has(each));
      return last === undefined ? [] : [[id, said.get(last)!]];
    }),
  );
}

/**
 * Ranks of pledges among those that stand on the same units as of a position, from 1: by the order of their entries
 * (Civil Code 355, Trust Act 200(2)). Whoever stood before one that has ended does not count any more.
 */
export async function ranksOf(
  db: Queryable,
  { issueId, seq }: StateOf,
  ids: readonly string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const found = await db.query<{ id: string; rank: number }>({
    name: "ranks-of-pledges",
    text: `with firsts as (
        select distinct coalesce(behind, id) as first from hold where issue_id = $1 and id = any($2)
      ), standing as (
        select h.id, coalesce(h.behind, h.id) as first, h.from_seq from firsts f
        join hold h on h.issue_id = $1 and (h.id = f.first or h.behind = f.first)
        where h.kind = ${holdKinds.PLEDGE} and h.from_seq <= $3 and (h.to_seq is null or h.to_seq > $3)
      )
      select id, rank() over (partition by first order by from_seq)::int as rank from standing`,
    values: [issueId, ids, seq],
  });
  return new Map(found.rows.map(({ id, rank }) => [id, rank]));
}

/** Holds that were ever in favour of one of these accounts: made so, or assigned; and all parts of such. */
export async function everInFavourOf(
  db: Queryable,
  issueId: string,
  accounts: readonly string[],
): Promise<string[]> {
  const text = `with named as (
      select distinct ref as id from entry where issue_id = $1 and to_account = any($2)
        and kind in (${entryKinds.HOLD_CREATED}, ${entryKinds.HOLD_ASSIGNED}))
    select id from named union select h.id from hold h join named n on h.part_of = n.id where h.issue_id = $1`;
  return (await db.query<{ id: string }>(text, [issueId, accounts])).rows.map(({ id }) => id);
}
