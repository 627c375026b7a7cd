export interface Gathering<Item, Result> {
  /** Does what is asked of each item, all together or nothing. @returns a result for each, in their order */
  run(items: readonly Item[]): Promise<readonly Result[]>;
  /** Items that go together at most. */
  max: number;
}

/** A run that takes longer holds up no other: its connection may be dead. */
const patienceMs = 1_000;

/**
 * What comes while a run is under way waits and goes together when it ends. What comes when none is goes with what came
 * in the same turn of the event loop, so nothing waits for company. Where a run of several fails, each of them runs
 * alone and has its own result.
 */
export function gatherer<Item, Result>({
  run,
  max,
}: Gathering<Item, Result>): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; settle(result: Result | Promise<Result>): void };
  const waiting: Waiting[] = [];
  let busy = false;

  const runAlone = async (item: Item): Promise<Result> => (await run([item]))[0]!;
  const runTogether = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const results = await run(group.map(({ item }) => item));
      for (const [at, { settle }] of group.entries()) settle(results[at]!);
    } catch (error) {
      const isOne = group.length === 1;
      for (const { item, settle } of group) settle(isOne ? Promise.reject(error) : runAlone(item));
    }
  };
  const next = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise((done) => {
      timer = setTimeout(done, patienceMs);
    });
    await Promise.race([runTogether(waiting.splice(0, max)), impatience]);
    clearTimeout(timer);
    if (waiting.length > 0) setImmediate(next);
    else busy = false;
  };
  return (item) =>
    new Promise((settle) => {
      waiting.push({ item, settle });
      if (busy) return;
      busy = true;
      setImmediate(next);
    });
}
