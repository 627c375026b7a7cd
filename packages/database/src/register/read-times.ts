import type { Queryable } from "../sql/connection.ts";

/** When entries of an issue entered, by their number. */
export async function enteredAtOf(
  db: Queryable,
  issueId: string,
  seqs: readonly number[],
): Promise<Map<number, Date>> {
  if (seqs.length === 0) return new Map();
  const text = `select seq::float8 as seq, entered_at as "enteredAt" from entry where issue_id = $1 and seq = any($2)`;
  const found = await db.query<{ seq: number; enteredAt: Date }>(text, [issueId, seqs]);
  return new Map(found.rows.map(({ seq, enteredAt }) => [seq, enteredAt]));
}
