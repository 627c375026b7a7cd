/** @throws Error naming `what` when it has not ended after `ms`; it may go on meanwhile */
export async function within<T>(what: string, ms: number, act: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} did not end within ${ms / 1000} s.`)), ms);
  });
  // Whoever has waited long enough no longer hears how it fails.
  act.catch(() => undefined);
  return Promise.race([act, late]).finally(() => clearTimeout(timer));
}
