import { sqlState } from "./connection.ts";

/** What PostgreSQL says of every statement behind one that failed in the same transaction. */
const aborted = "25P02";

/**
 * Waits for all of what was begun, in which the statements of one connection go out one after the other and nobody waits
 * in between. Where one fails the others have ended, too, when this throws: nothing goes on behind a rollback.
 * @throws the error that came first, not what the transaction then says to the others; of several, in the order given
 */
export async function together<T extends readonly unknown[]>(
  ...begun: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ended = await Promise.allSettled(begun);
  const errors = ended.flatMap((each) => (each.status === "rejected" ? [{ reason: each.reason }] : []));
  const first = errors.find(({ reason }) => sqlState(reason) !== aborted) ?? errors[0];
  if (first !== undefined) throw first.reason;
  return ended.map((each) => (each as PromiseFulfilledResult<unknown>).value) as never;
}
