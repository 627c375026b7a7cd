import { startOfDay } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove, type MoveData, scaled, uintWord } from "@genbo/domain/words";
import { describe, expect, test } from "vitest";
import { correct } from "../src/correct.ts";
import { correctionsOf, saidOfThePast } from "../src/rectification.ts";
import type { ChainEntry, IssueState } from "../src/state.ts";
import { account, createChain, firstDay, personOf } from "./chain.ts";
import { knownCorrections, ratiosOf, replayed } from "./rectified.ts";

const [alice, bob, carol] = [account(0), account(2), account(4)];

/** Alice has 30 of day 0. Entry 2 gives 10 to Bob on day 10, who ought not to have got them. */
function history() {
  const chain = createChain();
  chain.issue(alice, 30n);
  const wrong = chain.move(alice, bob, 10n, 10);
  const order = (name: "RECTIFICATION" | "JUDGMENT" | "AUCTION", day: number, fields: Partial<ChainEntry>) =>
    chain.emit("FORCED_TRANSFER", { basis: basisCode(name), ...fields }, day);
  const back = (corrects: number, from = bob, to = alice, units = 10n, day = 40) =>
    order("RECTIFICATION", day, {
      ...{ from, to, units },
      data: encodeMove({ corrects, lotAcquiredOn: firstDay + 10, acquiredOn: firstDay }),
    });
  const mark = (corrects: number, dates: Partial<MoveData>, units = 10n, day = 40) =>
    chain.emit(
      "MARK",
      {
        ...{ from: bob, to: bob, units, basis: basisCode("RECTIFICATION") },
        data: encodeMove({ corrects, ...dates }),
      },
      day,
    );
  return { chain, entries: chain.entries, wrong, order, back, mark };
}

const noon = (day: number) => new Date(startOfDay(firstDay + day).getTime() + 43_200_000);

/** What stood after entry `seq`, at noon of `day`, as known after entry `knownSeq`. */
function read(entries: readonly ChainEntry[], seq: number, knownSeq = entries.length, time = noon(400)) {
  const state = replayed(entries, seq);
  const made = correct(
    state,
    correctionsOf({ seq, time }, knownCorrections(entries, knownSeq)),
    personOf,
    ratiosOf(entries),
  );
  const units = [alice, bob, carol].map((of) => Number(state.holdings.get(of)?.units ?? 0n));
  return { state, units, ...made };
}
const lotsOf = (state: IssueState, of: string) =>
  state.holdings.get(of)?.lots.map(({ acquiredOn, units }) => [acquiredOn - firstDay, Number(units)]);

describe("a rectification by a move", () => {
  test("stands from the entry that it corrects, for who knows it", () => {
    const { entries, chain, back } = history();
    chain.issue(carol, 5n, 20);
    back(2);
    expect(read(entries, 1).units).toEqual([30, 0, 0]);
    expect(read(entries, 3).units).toEqual([30, 0, 5]);
    expect(read(entries, 3, 3).units).toEqual([20, 10, 5]);
    expect(read(entries, 4).units).toEqual([30, 0, 5]);
    expect(read(entries, 1).made).toEqual([]);
  });

  test("gives the lot its day back, and the figures follow", () => {
    const { entries, back } = history();
    back(2);
    const { state } = read(entries, 2);
    expect(lotsOf(state, alice)).toEqual([[0, 30]]);
    expect([state.units, state.holders, state.accounts]).toEqual([30n, 1, 1]);
  });

  test("of a rectification has effect from where that one has", () => {
    const { entries, back } = history();
    back(2, bob, carol);
    back(3, carol, alice, 10n, 50);
    expect(read(entries, 2, 2).units).toEqual([20, 10, 0]);
    expect(read(entries, 2, 3).units).toEqual([20, 0, 10]);
    expect(read(entries, 2, 4).units).toEqual([30, 0, 0]);
    expect(read(entries, 3, 4).units).toEqual([30, 0, 0]);
  });

  test("that cannot be true of a state leaves it alone and is named", () => {
    const { entries, chain, back } = history();
    chain.move(bob, carol, 5n, 20);
    chain.move(carol, bob, 5n, 30);
    back(2);
    expect(read(entries, 2).units).toEqual([30, 0, 0]);
    const between = read(entries, 3);
    expect(between.units).toEqual([20, 5, 5]);
    expect(between.impossible.map(({ entry }) => entry.seq)).toEqual([5]);
    expect(read(entries, 4).units).toEqual([30, 0, 0]);
  });

  test("that names no earlier entry says nothing of the past", () => {
    const { entries, back } = history();
    for (const corrects of [0, 4, 99]) expect(saidOfThePast(back(corrects)).corrects).toBeNull();
    expect(read(entries, 2).units).toEqual([20, 10, 0]);
  });
});

describe("a rectification of dates [TA 186(iv)]", () => {
  const right = { lotAcquiredOn: firstDay + 10, acquiredOn: firstDay + 7 };

  test("gives the lot its right day from its own entry on, and before it for who knows it", () => {
    const { entries, mark } = history();
    mark(2, right);
    expect(lotsOf(read(entries, 2, 2).state, bob)).toEqual([[10, 10]]);
    expect(lotsOf(read(entries, 2).state, bob)).toEqual([[7, 10]]);
    expect(lotsOf(read(entries, 3).state, bob)).toEqual([[7, 10]]);
    expect(lotsOf(replayed(entries, 3), bob)).toEqual([[7, 10]]);
  });

  test("takes what the lot still has, and other lots and units stay", () => {
    const { entries, chain, mark } = history();
    chain.issue(bob, 4n, 12);
    chain.move(bob, carol, 6n, 13);
    mark(2, right);
    expect(lotsOf(replayed(entries, 5), bob)).toEqual([
      [7, 4],
      [12, 4],
    ]);
    expect(lotsOf(read(entries, 2).state, bob)).toEqual([[7, 10]]);
    expect(lotsOf(read(entries, 4).state, carol)).toEqual([[13, 6]]);
    expect(read(entries, 5).state.units).toBe(34n);
  });

  test("of a lot that is gone, or without a right day, changes nothing", () => {
    const { entries, mark } = history();
    mark(2, { ...right, lotAcquiredOn: firstDay + 3 });
    mark(2, { lotAcquiredOn: firstDay + 10, tradeDate: firstDay + 6 });
    mark(2, right, 0n);
    expect(lotsOf(replayed(entries, 5), bob)).toEqual([[10, 10]]);
  });
});

describe("a rectification of an entry from before a consolidation or split [TA 197(2)] [TA 197(3)]", () => {
  /** What carries those accounts by `n` for `d`, all units of the issue among them; entries from the first to the last. */
  const carried = (
    { chain, entries }: ReturnType<typeof history>,
    n: bigint,
    d: bigint,
    of = [alice, bob],
  ) => {
    const first = entries.length + 1;
    const line = (fields: Partial<ChainEntry>, was = 0n) =>
      chain.emit(
        "RATIO",
        { basis: n < d ? 9 : 10, data: uintWord((n << 128n) | (((was * n) % d) << 64n) | d), ...fields },
        20,
      );
    const held = new Map(of.map((each) => [each, replayed(entries, first - 1).holdings.get(each)!.units]));
    line({ units: [...held.values()].reduce((sum, each) => sum + each, 0n) });
    for (const [each, was] of held) line({ from: each, to: each, units: scaled(was, { n, d }) }, was);
    line({ units: [...held.values()].reduce((sum, each) => sum + scaled(each, { n, d }), 0n) });
    return entries.slice(first - 1).map(({ seq }) => seq);
  };

  test("is entered in units of now, and the past that it corrects stands in units of then", () => {
    const made = history();
    const [first, ofAlice, ofBob, last] = carried(made, 3n, 1n) as [number, number, number, number];
    made.back(2, bob, alice, 30n);
    const { entries } = made;
    expect(read(entries, 2, 6).units).toEqual([20, 10, 0]);
    expect(read(entries, 2).units).toEqual([30, 0, 0]);
    expect(lotsOf(read(entries, 2).state, alice)).toEqual([[0, 30]]);
    expect(read(entries, first).units).toEqual([30, 0, 0]);
    // One of the two has been carried, and the other not yet: each has units of its own.
    expect(read(entries, ofAlice).units).toEqual([90, 0, 0]);
    expect(lotsOf(read(entries, ofAlice).state, alice)).toEqual([[0, 90]]);
    expect(read(entries, ofBob).units).toEqual([90, 0, 0]);
    expect(read(entries, last).units).toEqual([90, 0, 0]);
    expect(replayed(entries, 7).holdings.get(alice)?.units).toBe(90n);
  });

  test("makes of both accounts what a right entry would have, whatever else they had", () => {
    const made = history();
    made.chain.issue(bob, 5n, 11);
    made.chain.redeem(alice, 1n, 12);
    const right = createChain();
    right.issue(alice, 30n);
    right.issue(bob, 5n, 11);
    right.redeem(alice, 1n, 12);
    carried(made, 1n, 5n);
    carried({ ...history(), chain: right, entries: right.entries }, 1n, 5n);
    made.back(2, bob, alice, 2n);
    const now = read(made.entries, made.entries.length).state;
    const ought = replayed(right.entries, right.entries.length);
    for (const each of [alice, bob]) {
      const { units, lots } = ought.holdings.get(each)!;
      expect(now.holdings.get(each)).toMatchObject({ units, lots });
    }
    expect(read(made.entries, 4).units).toEqual([29, 5, 0]);
  });

  test("is left out of a past in which its units are no whole ones, and named", () => {
    const made = history();
    const [, , , last] = carried(made, 3n, 1n) as [number, number, number, number];
    made.back(2, bob, alice, 29n);
    expect(read(made.entries, 2)).toMatchObject({ units: [20, 10, 0], made: [] });
    expect(read(made.entries, 2).impossible.map(({ entry }) => entry.seq)).toEqual([7]);
    expect(read(made.entries, last).units).toEqual([89, 1, 0]);
  });

  test("gives a lot its right day before and after, as many units as the entry gave then [TA 186(iv)]", () => {
    const made = history();
    // Four more of the same day, which is theirs.
    made.chain.issue(bob, 4n, 10);
    carried(made, 1n, 8n);
    const right = { lotAcquiredOn: firstDay + 10, acquiredOn: firstDay + 7 };
    // Ten of before are one and a quarter of now: a part counts as a whole one, as far as there are any.
    made.mark(2, right, 2n);
    const { entries } = made;
    expect(lotsOf(replayed(entries, 8), bob)).toEqual([[7, 1]]);
    expect(lotsOf(read(entries, 7).state, bob)).toEqual([[7, 1]]);
    expect(lotsOf(read(entries, 3).state, bob)).toEqual([
      [7, 10],
      [10, 4],
    ]);
    expect(lotsOf(read(entries, 3, 7).state, bob)).toEqual([[10, 14]]);
    // A wrong correction of it is corrected, too, by a line that names the correction.
    made.mark(8, { lotAcquiredOn: firstDay + 7, acquiredOn: firstDay + 8 }, 2n, 50);
    expect(lotsOf(read(entries, 3).state, bob)).toEqual([
      [8, 10],
      [10, 4],
    ]);
  });

  test("by judgment moves units of before the ratio from its day on [TAR 21(2)(i)]", () => {
    const made = history();
    carried(made, 3n, 1n);
    const data = encodeMove({ acquiredOn: firstDay + 15 });
    made.order("JUDGMENT", 40, { from: alice, to: carol, units: 9n, data });
    expect(read(made.entries, 2, 7, noon(16)).units).toEqual([17, 10, 3]);
    expect(read(made.entries, 4, 7, noon(20)).units).toEqual([51, 10, 3]);
    expect(read(made.entries, 6, 7, noon(20)).units).toEqual([51, 30, 9]);
  });
});

describe("an order of a court", () => {
  const order = (name: "JUDGMENT" | "AUCTION", acquiredOn: number) => {
    const made = history();
    const data = encodeMove({ acquiredOn: firstDay + acquiredOn });
    made.order(name, 40, { from: alice, to: carol, units: 3n, data });
    return made.entries;
  };

  test("by judgment has effect from the beginning of the past day that it states [TAR 21(2)(i)]", () => {
    const entries = order("JUDGMENT", 20);
    const at = (time: Date) => read(entries, 2, 3, time).units;
    expect(at(new Date(startOfDay(firstDay + 20).getTime() - 1))).toEqual([20, 10, 0]);
    expect(at(startOfDay(firstDay + 20))).toEqual([17, 10, 3]);
    expect(read(entries, 2, 2, noon(30)).units).toEqual([20, 10, 0]);
  });

  test("with its own day, or on another title, says nothing of the past [CEA 161]", () => {
    expect(read(order("JUDGMENT", 40), 2).made).toEqual([]);
    expect(read(order("AUCTION", 20), 2).made).toEqual([]);
  });
});
