import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { oneAhead } from "../src/one-ahead.ts";

const made: number[] = [];
async function* numbers(until: number) {
  made.length = 0;
  for (let n = 1; n <= until; n += 1) {
    made.push(n);
    yield n;
  }
}

test("one value is made while the one before is worked on, and no more", async () => {
  const seen: [number, number | undefined][] = [];
  for await (const { value, next } of oneAhead(numbers(4))) {
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(made).toHaveLength(Math.min(value + 1, 4));
    seen.push([value, next()]);
  }
  expect(seen).toEqual([
    [1, 2],
    [2, 3],
    [3, 4],
    [4, undefined],
  ]);
});

test("a value that has not come yet is not known", async () => {
  async function* slow() {
    yield 1;
    await new Promise(() => undefined);
  }
  for await (const { value, next } of oneAhead(slow())) {
    expect([value, next()]).toEqual([1, undefined]);
    return;
  }
});

test("what is wrong with the next value is heard by who takes it", async () => {
  async function* failing() {
    yield 1;
    throw new Error("the node is away");
  }
  const seen: number[] = [];
  const walk = async () => {
    for await (const { value } of oneAhead(failing())) {
      await turn();
      seen.push(value);
    }
  };
  await expect(walk()).rejects.toThrow("the node is away");
  expect(seen).toEqual([1]);
});
