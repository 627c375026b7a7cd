import { column } from "../sql/bulk.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { copyRows } from "../sql/copy-rows.ts";

/** Something that a party may want to hear of. No personal data. */
export interface NewEvent {
  kind: string;
  issueId: string | null;
  /** Who may read it, besides the trustee and compliance. */
  partyIds: readonly string[];
  subjectId: string | null;
  data: Readonly<Record<string, unknown>>;
  blockNumber: number;
  at: Date;
}

const columns = [
  column<NewEvent>("kind", "text", ({ kind }) => kind),
  column<NewEvent>("issue_id", "text", ({ issueId }) => issueId),
  column<NewEvent>("party_ids", "text[]", ({ partyIds }) => partyIds),
  column<NewEvent>("subject_id", "text", ({ subjectId }) => subjectId),
  column<NewEvent>("data", "json", ({ data }) => JSON.stringify(data)),
  column<NewEvent>("block_number", "bigint", ({ blockNumber }) => blockNumber),
  column<NewEvent>("at", "timestamptz", ({ at }) => at),
];

async function lastEvent(tx: Queryable): Promise<bigint> {
  const result = await tx.query<{ last: bigint }>("select coalesce(max(id), 0) as last from event");
  return result.rows[0]!.last;
}

/** Adds events to those that a transaction has told, numbered in the order of the calls. */
export type Tell = (events: readonly NewEvent[]) => Promise<void>;

/**
 * Asks for the last event's number at once, so that what a transaction tells need not wait for it. The indexer is the
 * only writer, so numbers rise by one without a gap.
 */
export function eventTeller(tx: Transaction): Tell {
  const last = lastEvent(tx);
  // Whoever tells nothing hears from his own statements that the transaction has failed.
  last.catch(() => undefined);
  let told = 0;
  return async (events) => {
    if (events.length === 0) return;
    const before = told;
    told += events.length;
    let id = (await last) + BigInt(before);
    // Each row is put into its form once and in order, so it gets its number there and need not be copied.
    const numbered = column<NewEvent>("id", "bigint", () => ++id);
    await copyRows(tx, "event", [numbered, ...columns], events);
  };
}

export async function writeEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await eventTeller(tx)(events);
}
