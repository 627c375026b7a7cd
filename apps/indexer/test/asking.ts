import { newId } from "@genbo/domain/ids";
import { dayOfIso, endOfDay } from "@genbo/domain/jst";
import type { StackInProcess } from "../../../test/support/stack-in-process.ts";

/** Asks for a reconciliation as the api does. @returns its id */
export async function askReconciliation(stack: StackInProcess, issueId: string): Promise<string> {
  const now = stack.clock.now();
  const id = newId("rec", now);
  const api = stack.database.pool("genbo_api");
  await api.query(
    "insert into reconciliation (id, issue_id, asked_by, asked_at) values ($1, $2, 'staff:c', $3)",
    [id, issueId, now],
  );
  return id;
}

export interface Reconciled {
  holdings: number;
  differences: { what: string; account: string | null; register: string; other: string }[];
  break_id: string | null;
}

/** What the indexer has found; undefined as long as it has not looked. */
export async function foundBy(
  stack: StackInProcess,
  reconciliationId: string,
): Promise<Reconciled | undefined> {
  const text =
    "select holdings, differences, break_id from reconciliation where id = $1 and compared_at is not null";
  return (await stack.rows<Reconciled>(text, [reconciliationId]))[0];
}

/** Asks, and waits for the indexer's answer. */
export async function reconciled(stack: StackInProcess, issueId: string): Promise<Reconciled> {
  const id = await askReconciliation(stack, issueId);
  return stack.until("the indexer answers", () => foundBy(stack, id));
}

/** Sets a record date as the api does. @returns its id */
export async function setRecordDate(
  stack: StackInProcess,
  issueId: string,
  day: string,
  purpose = "DISTRIBUTION",
): Promise<string> {
  const now = stack.clock.now();
  const id = newId("rdt", now);
  await stack.database.pool("genbo_api").query(
    `insert into record_date (id, issue_id, day, closes_at, purpose, maker, created_at)
     values ($1, $2, $3, $4, $5, 'staff:maker', $6)`,
    [id, issueId, day, endOfDay(dayOfIso(day)!), purpose, now],
  );
  return id;
}
