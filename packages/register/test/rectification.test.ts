import { startOfDay } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove, type MoveData } from "@genbo/domain/words";
import { describe, expect, test } from "vitest";
import { correct } from "../src/correct.ts";
import { correctionsOf, saidOfThePast } from "../src/rectification.ts";
import type { ChainEntry, IssueState } from "../src/state.ts";
import { account, createChain, firstDay, personOf } from "./chain.ts";
import { knownCorrections, replayed } from "./rectified.ts";

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
  const made = correct(state, correctionsOf({ seq, time }, knownCorrections(entries, knownSeq)), personOf);
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
