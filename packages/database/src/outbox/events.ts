import type { Queryable } from "../sql/connection.ts";

export interface EventRow {
  id: bigint;
  kind: string;
  issueId: string | null;
  subjectId: string | null;
  data: Record<string, unknown>;
  block: bigint;
  at: Date;
}

/** Whose events: those that name the party, and for a trustee all of its issues; or every event. */
export type EventView = { as: "party" | "trustee"; partyId: string } | { as: "everything" };

/**
 * Events after `after`, in order. Ids have no gap and only the indexer writes them, one block a transaction, so
 * nothing can appear behind a cursor.
 * @returns the events that the view sees, and the cursor that skips none: it moves over those that others see
 */
export async function eventsAfter(
  db: Queryable,
  view: EventView,
  after: number,
  limit: number,
): Promise<{ events: EventRow[]; next: bigint }> {
  const sees = {
    everything: "true",
    party: "$3 = any(e.party_ids)",
    // What concerns no issue and nobody by name concerns the whole platform.
    trustee: `($3 = any(e.party_ids) or (e.issue_id is null and e.party_ids = '{}')
      or exists (select 1 from issue i where i.id = e.issue_id and i.trustee_id = $3))`,
  }[view.as];
  const found = await db.query<EventRow & { last: bigint }>({
    name: `events-${view.as}`,
    text: `with head as (select coalesce(max(id), 0) as last from event),
        page as (select e.id, e.kind, e.issue_id as "issueId", e.subject_id as "subjectId", e.data,
            e.block_number as block, e.at
          from event e where e.id > $1 and ${sees} order by e.id limit $2)
      select head.last, page.* from head left join page on true order by page.id`,
    values: view.as === "everything" ? [after, limit] : [after, limit, view.partyId],
  });
  const events = found.rows.filter((row) => row.id !== null).map(({ last: _, ...event }) => event);
  const head = found.rows[0]!.last;
  const next = events.length === limit ? events.at(-1)!.id : head;
  return { events, next: next > BigInt(after) ? next : BigInt(after) };
}
