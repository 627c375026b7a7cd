import { entryKinds } from "@genbo/domain/entry-kinds";
import type { Queryable } from "./connection.ts";
import type { StateOf } from "./register-read-position.ts";

/** What the cases about a pledge say of it, as far as the chain's lines do not: they name its controller only. */
export interface PledgeSaid {
  /** What it secures, where that was stated. */
  claim: string | null;
  /** The pledgee after the last assignment; null where there was none. */
  assignee: { account: string; personId: string | null } | null;
}

interface Row {
  id: string;
  claim: string | null;
  pledgee: string | null;
  personId: string | null;
  assigns: boolean;
}

/** By hold, as of a position: each case counts from the entry that it made. */
export async function pledgesSaid(
  db: Queryable,
  { issueId, seq }: StateOf,
  ids: readonly string[],
): Promise<Map<string, PledgeSaid>> {
  if (ids.length === 0) return new Map();
  const found = await db.query<Row>({
    name: "pledges-said",
    text: `select e.ref as id, k.facts ->> 'claim' as claim, k.facts ->> 'pledgee' as pledgee,
        a.person_id as "personId", k.kind = 'PLEDGE_CHANGE' as assigns
      from entry e join operation o on o.id = e.operation_id join legal_case k on k.id = o.subject_id
      left join account a on a.address = k.facts ->> 'pledgee'
      where e.ref = any($2) and e.issue_id = $1 and e.seq <= $3
        and e.kind in (${entryKinds.HOLD_CREATED}, ${entryKinds.HOLD_CHANGED}) and k.kind in ('PLEDGE', 'PLEDGE_CHANGE')
      order by e.seq`,
    values: [issueId, ids, seq],
  });
  const said = new Map<string, PledgeSaid>();
  for (const { id, claim, pledgee, personId, assigns } of found.rows) {
    const before = said.get(id) ?? { claim: null, assignee: null };
    const assignee = assigns && pledgee !== null ? { account: pledgee, personId } : before.assignee;
    said.set(id, { claim: claim ?? before.claim, assignee });
  }
  return said;
}

/** Pledges that were assigned to one of these accounts at any time. */
export async function pledgesAssignedTo(
  db: Queryable,
  issueId: string,
  accounts: readonly string[],
): Promise<string[]> {
  const text = `select distinct facts ->> 'holdId' as id from legal_case
    where issue_id = $1 and kind = 'PLEDGE_CHANGE' and state = 'entered' and facts ->> 'pledgee' = any($2)`;
  return (await db.query<{ id: string }>(text, [issueId, accounts])).rows.map(({ id }) => id);
}
