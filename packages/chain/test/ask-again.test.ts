import { expect, test } from "vitest";
import { askAgain } from "../src/ask-again.ts";

/** Answers one after the other, and the last one for ever. */
const answers = (...given: string[]) => {
  let asked = 0;
  return { ask: async () => given[Math.min(asked++, given.length - 1)]!, asked: () => asked };
};
const isYes = (answer: string) => answer === "yes";

test("a welcome answer is asked for once", async () => {
  const { ask, asked } = answers("yes");
  expect(await askAgain(ask, isYes)).toBe("yes");
  expect(asked()).toBe(1);
});

test("an unwelcome answer that passes is not believed, one that stays is", async () => {
  expect(await askAgain(answers("no", "no", "yes").ask, isYes)).toBe("yes");
  const stubborn = answers("no");
  expect(await askAgain(stubborn.ask, isYes)).toBe("no");
  expect(stubborn.asked()).toBe(4);
});
