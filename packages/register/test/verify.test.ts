import { zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { verifyEntries } from "../src/verify.ts";
import { account, createChain } from "./chain.ts";

function exported() {
  const chain = createChain();
  for (let n = 0; n < 5; n++) chain.issue(account(n), 10n);
  return chain.entries;
}

test("a whole export leads to the head", () => {
  const entries = exported();
  expect(verifyEntries(entries)).toEqual({ entries: 5, head: entries[4]!.head, fault: null });
  expect(verifyEntries([])).toEqual({ entries: 0, head: zeroWord, fault: null });
});

test("a missing entry shows as a gap", () => {
  const entries = exported().filter((entry) => entry.seq !== 3);
  expect(verifyEntries(entries)).toMatchObject({ entries: 2, fault: { fault: "GAP", seq: 4, expected: 3 } });
});

test.each([{ units: 11n }, { to: account(7) }, { basis: 3 }, { data: `0x${"0".repeat(63)}1` }])(
  "an altered entry shows at once: %o",
  (change) => {
    const entries = exported().map((entry) => (entry.seq === 3 ? { ...entry, ...change } : entry));
    expect(verifyEntries(entries)).toMatchObject({ entries: 2, fault: { fault: "HEAD_DIFFERS", seq: 3 } });
  },
);

test("entries that were all made up anew lead to another head", () => {
  const forged = createChain();
  for (let n = 0; n < 5; n++) forged.issue(account(n), 11n);
  expect(verifyEntries(forged.entries).head).not.toBe(verifyEntries(exported()).head);
});
