import { uintWord, type Word, zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advance } from "../src/fold.ts";
import { sumLots } from "../src/lots.ts";
import { scaleLots } from "../src/ratio.ts";
import { emptyState } from "../src/state.ts";
import { account, createChain, firstDay, personOf } from "./chain.ts";
import { scaled } from "./scaled.ts";

const [a, b] = [account(0), account(2)] as [string, string];

describe("consolidation and split", () => {
  test("each account and hold is floored, lots keep their days, who has nothing left holds no longer [TA 197(2)] [TA 204(1)]", () => {
    const { state } = scaled(1n, 10n);
    expect(state.holdings.get(a)).toMatchObject({ units: 5n, encumbered: 2n });
    // 9, 28, 55 units up to each lot become 0, 2, 5.
    expect(state.holdings.get(a)!.lots).toEqual([
      { acquiredOn: firstDay + 1, units: 2n },
      { acquiredOn: firstDay + 2, units: 3n },
    ]);
    expect(state.holdings.has(b)).toBe(false);
    expect([state.units, state.holders, state.accounts]).toEqual([5n, 1, 1]);
    const holds = [...state.holds.values()].map(({ kind, units, claimed }) => [kind, units, claimed]);
    // The pledge of 25, the attachment that has 4 and claims 31, and 47 frozen units.
    expect(holds).toEqual([
      [3, 2n, 2n],
      [4, 0n, 3n],
      [6, 0n, 4n],
    ]);
  });

  test("a split multiplies all of it [TA 197(3)]", () => {
    const { state } = scaled(3n, 1n);
    expect(state.holdings.get(a)).toMatchObject({ units: 165n, encumbered: 87n });
    expect(state.holdings.get(b)).toMatchObject({ units: 12n });
    expect(state.units).toBe(177n);
  });

  test("the lots of any holding sum to the floor of the whole", () => {
    const number = fc.bigInt({ min: 1n, max: 10n ** 6n });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 6 }), number, number, (parts, n, d) => {
        const lots = parts.map((units, day) => ({ acquiredOn: day, units }));
        const made = scaleLots(lots, { n, d, dropped: 0n });
        expect(sumLots(made)).toBe((sumLots(lots) * n) / d);
        expect(made.every(({ units }) => units > 0n)).toBe(true);
      }),
    );
  });

  const word = (n: bigint, d: bigint, dropped = 0n): Word => uintWord((n << 128n) | (dropped << 64n) | d);
  test.each([
    ["units that the ratio does not make", { from: a, to: a, units: 3n, data: word(1n, 2n) }],
    ["another part dropped", { from: a, to: a, units: 2n, data: word(1n, 2n) }],
    ["a ratio of nothing", { from: a, to: a, units: 0n, data: word(0n, 2n) }],
    ["two accounts", { from: a, to: b, units: 2n, data: word(1n, 2n, 1n) }],
    ["another sum of the issue", { units: 4n, data: word(1n, 2n) }],
    ["no such hold", { from: a, to: zeroAddress, units: 1n, data: word(1n, 2n) }],
  ])("is refused with %s", (_, fields) => {
    const chain = createChain();
    const state = emptyState();
    chain.issue(a, 5n);
    chain.emit("RATIO", { basis: 9, ...fields });
    advance(state, chain.entries[0]!, personOf);
    expect(() => advance(state, chain.entries[1]!, personOf)).toThrow(/entry 2/);
    expect(state).toMatchObject({ seq: 1, units: 5n });
  });
});
