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

type NumberedEvent = NewEvent & { id: bigint };

const columns = [
  column<NumberedEvent>("id", "bigint", ({ id }) => id),
  column<NumberedEvent>("kind", "text", ({ kind }) => kind),
  column<NumberedEvent>("issue_id", "text", ({ issueId }) => issueId),
  column<NumberedEvent>("party_ids", "text[]", ({ partyIds }) => partyIds),
  column<NumberedEvent>("subject_id", "text", ({ subjectId }) => subjectId),
  column<NumberedEvent>("data", "json", ({ data }) => JSON.stringify(data)),
  column<NumberedEvent>("block_number", "bigint", ({ blockNumber }) => blockNumber),
  column<NumberedEvent>("at", "timestamptz", ({ at }) => at),
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
    const first = (await last) + BigInt(before + 1);
    const numbered = events.map((event, index) => ({ ...event, id: first + BigInt(index) }));
    await copyRows(tx, "event", columns, numbered);
  };
}

export async function writeEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await eventTeller(tx)(events);
}
