import { expect, test } from "vitest";
import { gatherer } from "../src/sql/gather.ts";

/** Runs that end when the test says so. */
function held(max = 64) {
  const runs: { items: readonly number[]; end(): void; fail(): void }[] = [];
  const run = (items: readonly number[]) =>
    new Promise<string[]>((done, fail) => {
      const results = items.map((item) => `of ${item}`);
      runs.push({ items, end: () => done(results), fail: () => fail(new Error(`not ${items}`)) });
    });
  const gathered = gatherer({ run, max });
  const begun = (count: number) => expect.poll(() => runs.length, { timeout: 20_000 }).toBe(count);
  return { gathered, runs, begun, items: () => runs.map((each) => each.items) };
}

test("what comes while a run is under way goes together after it, in order; what comes alone goes alone", async () => {
  const { gathered, runs, begun, items } = held();
  const first = gathered(1);
  await begun(1);
  const others = [2, 3, 4].map(gathered);
  expect(items()).toEqual([[1]]);
  runs[0]!.end();
  expect(await first).toBe("of 1");
  await begun(2);
  runs[1]!.end();
  expect(await Promise.all(others)).toEqual(["of 2", "of 3", "of 4"]);
  const last = gathered(5);
  await begun(3);
  runs[2]!.end();
  await last;
  expect(items()).toEqual([[1], [2, 3, 4], [5]]);
});

test("no more go together than the limit says", async () => {
  const { gathered, runs, begun, items } = held(2);
  const all = [1, 2, 3, 4, 5].map(gathered);
  for (const count of [1, 2, 3]) {
    await begun(count);
    runs[count - 1]!.end();
  }
  await Promise.all(all);
  expect(items()).toEqual([[1, 2], [3, 4], [5]]);
});

test("where a run of several fails each runs alone and has its own result; one that fails alone is not run again", async () => {
  const { gathered, runs, begun, items } = held();
  const all = [1, 2, 3].map(gathered);
  const settled = Promise.allSettled(all);
  await begun(1);
  runs[0]!.fail();
  await begun(4);
  runs[1]!.end();
  runs[2]!.fail();
  runs[3]!.end();
  expect(
    (await settled).map((each) => (each.status === "fulfilled" ? each.value : each.reason.message)),
  ).toEqual(["of 1", "not 2", "of 3"]);
  const after = gathered(4);
  await begun(5);
  runs[4]!.end();
  await after;
  expect(items()).toEqual([[1, 2, 3], [1], [2], [3], [4]]);
});

test("a run that never ends holds up nobody else for ever", async () => {
  const { gathered, runs, begun } = held();
  void gathered(1);
  await begun(1);
  const second = gathered(2);
  await begun(2);
  runs[1]!.end();
  expect(await second).toBe("of 2");
});
