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
  column<NumberedEvent>("data", "jsonb", ({ data }) => JSON.stringify(data)),
  column<NumberedEvent>("block_number", "bigint", ({ blockNumber }) => blockNumber),
  column<NumberedEvent>("at", "timestamptz", ({ at }) => at),
];

/** The number of the last event. Whoever asks in a transaction keeps others from numbering theirs until it ends. */
export async function lastEvent(tx: Queryable): Promise<bigint> {
  const result = await tx.query<{ last: bigint }>("select coalesce(max(id), 0) as last from event");
  return result.rows[0]!.last;
}

/**
 * Adds events with the next numbers. The indexer is the only writer, so numbers rise by one without a gap.
 * @param last the number of the last event, where this transaction has asked for it
 */
export async function writeEvents(
  tx: Transaction,
  events: readonly NewEvent[],
  last?: bigint,
): Promise<void> {
  if (events.length === 0) return;
  const before = last ?? (await lastEvent(tx));
  const numbered = events.map((event, index) => ({ ...event, id: before + BigInt(index + 1) }));
  await copyRows(tx, "event", columns, numbered);
}
