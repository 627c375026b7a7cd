import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { dayOfIso } from "@genbo/domain/jst";
import { encodePolicy } from "@genbo/domain/policy-word";
import { encodeMove, encodeSuccession } from "@genbo/domain/words";
import { describe, expect, it } from "vitest";
import { advance } from "../src/fold.ts";
import { emptyState, type IssueState } from "../src/state.ts";
import { firstDifference, notReady, type Opening, openingOf } from "../src/successor.ts";
import { account, createChain, holdWord, personOf } from "./chain.ts";

const [a, b, pledgee, court] = [account(0), account(2), account(4), account(6)] as [
  string,
  string,
  string,
  string,
];
const noDates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };
type Chain = ReturnType<typeof createChain>;

const folded = ({ entries }: Chain): IssueState => {
  const state = emptyState();
  for (const entry of entries) advance(state, entry, personOf);
  return state;
};
const pause = (chain: Chain) => chain.emit("POLICY", { data: encodePolicy({ paused: true }) }, 9);

/** Lots of three days in two accounts, a pledge, and a paused token. */
function closed(): Chain {
  const chain = createChain();
  chain.emit("POLICY", { data: encodePolicy({}) });
  chain.issue(a, 10n, 0);
  chain.issue(a, 20n, 1);
  chain.issue(b, 5n, 2);
  chain.move(a, b, 4n, 3);
  chain.hold(a, pledgee, 6n, 4, { kind: holdKinds.PLEDGE, controller: court });
  pause(chain);
  return chain;
}

/** The successor's entries from what the old one's state says must be done. */
function opened({ issues, holds }: Opening): Chain {
  const chain = createChain();
  chain.emit("POLICY", { data: encodePolicy({}) });
  for (const { to, units, acquiredOn } of issues) {
    const data = encodeMove({ acquiredOn: dayOfIso(acquiredOn)! });
    chain.emit("ISSUE", { to, units: BigInt(units), data }, 20);
  }
  for (const { account: from, to, controller, units, kind } of holds) {
    const data = holdWord({ kind: holdKinds[kind as keyof typeof holdKinds], controller });
    chain.emit("HOLD_CREATED", { from, to: to!, units: BigInt(units), data }, 20);
  }
  return chain;
}

describe("an issue on the contracts that succeed its own", () => {
  it("opens with every lot, its date, and every hold of the closing state", () => {
    const closing = folded(closed());
    expect(notReady(closing)).toBeNull();
    const opening = openingOf(closing);
    expect(opening.issues.map(({ to, units }) => [to, units])).toEqual([
      [a, "6"],
      [a, "20"],
      [b, "5"],
      [b, "4"],
    ]);
    expect(firstDifference(closing, folded(opened(opening)))).toBeNull();
  });

  it.each<[string, (opening: Opening) => unknown, string]>([
    ["a unit less", ({ issues }) => Object.assign(issues[0]!, { units: "5" }), "lot 1"],
    [
      "another acquisition day",
      ({ issues }) => Object.assign(issues[1]!, { acquiredOn: "2021-09-01" }),
      "lot 2",
    ],
    ["an account left out", ({ issues }) => issues.splice(2), "lot 3"],
    ["another controller", ({ holds }) => Object.assign(holds[0]!, { controller: b }), "hold 1"],
    ["a pledge forgotten", ({ holds }) => holds.pop(), "hold 1"],
  ])("is not the same with %s", (_what, change, place) => {
    const closing = folded(closed());
    const opening = openingOf(closing);
    change(opening);
    expect(firstDifference(closing, folded(opened(opening)))).toContain(place);
  });

  it("says which holds are parts of one right that heirs have divided [CC 296]", () => {
    const chain = closed();
    chain.takeBack();
    const pledge = chain.entries.find(({ kind }) => kind === entryKinds.HOLD_CREATED)!;
    const lone = chain.hold(b, pledgee, 2n, 5, { kind: holdKinds.PLEDGE, controller: court });
    for (const [to, claimed] of [
      [account(8), 4n],
      [account(10), 2n],
    ] as const) {
      const data = encodeSuccession({ ...noDates, keepDates: true, isPart: true, claimed });
      chain.emit("HOLD_SUCCEEDED", { from: a, to, units: claimed, basis: 5, ref: pledge.ref, data }, 6);
    }
    pause(chain);
    const closing = folded(chain);
    const { holds, ...rest } = openingOf(closing);
    expect(holds.map(({ account: of, units, partOf }) => [of, units, partOf])).toEqual([
      [b, lone.units.toString(), null],
      [account(8), "4", 2],
      [account(10), "2", 2],
    ]);
    // The contracts do not know it, so that what opens with all else is equal.
    expect(firstDifference(closing, folded(opened({ holds, ...rest })))).toBeNull();
  });

  it("is handed over only when it is paused and no trade is under way", () => {
    const running = createChain();
    running.emit("POLICY", { data: encodePolicy({}) });
    running.issue(a, 10n);
    expect(notReady(folded(running))).toBe("NOT_PAUSED");
    running.hold(a, b, 1n, 1);
    pause(running);
    expect(notReady(folded(running))).toBe("OPEN_REQUEST");
  });

  it("has to end a pledge first of whose units the ones before it left none", () => {
    const chain = closed();
    const first = chain.entries.find(({ kind }) => kind === entryKinds.HOLD_CREATED)!;
    const pledge = { kind: holdKinds.PLEDGE, controller: court };
    const second = chain.hold(a, b, 0n, 10, pledge);
    chain.onHold("HOLD_RANKED", second, 6n, 10, { to: a, data: first.ref });
    expect(notReady(folded(chain))).toBeNull();
    expect(openingOf(folded(chain)).holds).toMatchObject([
      { to: pledgee, units: "6", behind: null },
      { to: b, units: "6", behind: 1, ends: false },
    ]);
    chain.onHold("HOLD_EXECUTED", first, 6n, 11);
    expect(notReady(folded(chain))).toBe("PLEDGE_WITHOUT_UNITS");
  });
});
