/** A value of a source, and a look at the one after it. */
export interface Ahead<T> {
  value: T;
  /** The value after it, where it has come already. */
  next(): T | undefined;
}

/**
 * Asks a source for its next value while whoever takes this one works on it; for one, and no more. Whoever leaves early
 * ends the source as well, since it may be waiting.
 */
export async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<Ahead<T>> {
  let asked = source.next();
  for (;;) {
    const { done, value } = await asked;
    if (done) return;
    let next: T | undefined;
    asked = source.next();
    asked.then(
      (result) => {
        if (!result.done) next = result.value;
      },
      // It is thrown to whoever takes that value.
      () => undefined,
    );
    yield { value, next: () => next };
  }
}
