/**
 * Waits for all of what was begun, in which the statements of one connection go out one after the other and nobody waits
 * in between. Where one fails the others have ended, too, when this throws: nothing goes on behind a rollback.
 * @throws the error of the first that failed, in the order in which they are given
 */
export async function together<T extends readonly unknown[]>(
  ...begun: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ended = await Promise.allSettled(begun);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return ended.map((each) => (each as PromiseFulfilledResult<unknown>).value) as never;
}
