import { createHexTable } from "@genbo/database/register/hex-table";
import { createRestingHoldings } from "@genbo/database/register/resting";
import { maxUnits } from "@genbo/domain/units";
import type { Holding } from "@genbo/register/state";
import fc from "fast-check";
import { expect, test } from "vitest";
import { account } from "../../register/test/chain.ts";

const accounts = Array.from({ length: 5 }, (_, n) => account(n + 1));
const anyUnits = fc.bigInt({ min: 0n, max: maxUnits });
/** A wallet never changes its person; two of them may have the same. */
const parties = accounts.map((each, n) => ({ account: each, person: `0x${String(n >> 1).repeat(24)}` }));
const figures = fc.record({
  ...{ units: anyUnits, encumbered: anyUnits, fromSeq: fc.nat(2 ** 31) },
  lots: fc.array(fc.record({ acquiredOn: fc.integer({ min: -40_000, max: 40_000 }), units: anyUnits }), {
    ...{ minLength: 1, maxLength: 12 },
  }),
});
const holdings: fc.Arbitrary<Holding> = fc
  .tuple(fc.constantFrom(...parties), figures)
  .map(([party, rest]) => ({ ...party, ...rest }));

test("holdings come back from rest as they were, and those that have ended do not", () => {
  const acts = fc.oneof(
    holdings.map((holding) => ({ does: "set" as const, holding })),
    fc.constantFrom(...accounts).map((of) => ({ does: "delete" as const, of })),
    fc.constant({ does: "rest" as const }),
  );
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 30 }), (done) => {
      const resting = createRestingHoldings(createHexTable(12));
      const plain = new Map<string, Holding>();
      for (const act of done) {
        if (act.does === "rest") resting.rest();
        else if (act.does === "delete") for (const each of [resting, plain]) each.delete(act.of);
        else for (const each of [resting, plain]) each.set(act.holding.account, act.holding);
        for (const each of accounts) expect(resting.get(each)).toEqual(plain.get(each));
      }
    }),
  );
});

test("an account is new once, whether it has units or not", () => {
  const resting = createRestingHoldings(createHexTable(12));
  expect([account(1), account(2), account(1)].map(resting.ask)).toEqual([true, true, false]);
  resting.delete(account(2));
  resting.rest();
  expect(resting.ask(account(2))).toBe(false);
  expect(resting.get(account(2))).toBeUndefined();
  expect(resting.size()).toBe(2);
});
