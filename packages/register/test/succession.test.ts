import { describe, expect, test } from "vitest";
import { advance } from "../src/fold.ts";
import { partIdOf } from "../src/hold.ts";
import { emptyState } from "../src/state.ts";
import { firstDay, personOf } from "./chain.ts";
import { bank, dead, encumbered, erin, fred, inherited, successionWord, widow } from "./inherited.ts";

function folded({ chain }: Pick<ReturnType<typeof encumbered>, "chain">) {
  const state = emptyState();
  let done = 0;
  const run = () => {
    for (; done < chain.entries.length; done++) {
      advance(state, chain.entries[done]!, personOf);
      checkSums(state);
    }
  };
  const of = (account: string) => {
    const { units = 0n, encumbered = 0n, lots = [] } = state.holdings.get(account) ?? {};
    return { units, encumbered, lots: lots.map((lot) => [lot.acquiredOn - firstDay, Number(lot.units)]) };
  };
  return { state, run, of };
}

/** After every single line an account's open holds are what is encumbered of it. */
function checkSums({ holds, holdings }: ReturnType<typeof emptyState>): void {
  for (const { account, encumbered } of holdings.values()) {
    const held = [...holds.values()].filter((hold) => hold.account === account);
    expect(held.reduce((sum, { units }) => sum + units, 0n)).toBe(encumbered);
  }
}

describe("a hold that goes to several successors", () => {
  test("rests on each one's units in parts of one pledge, and no line frees a unit [CC 296] [CC 896]", () => {
    const all = encumbered();
    const { state, run, of } = folded(all);
    all.pass(all.pledge, erin, 5n);
    run();
    expect([of(dead), of(erin)]).toMatchObject([
      { units: 5n, encumbered: 5n },
      {
        units: 5n,
        encumbered: 5n,
        lots: [
          [0, 4],
          [1, 1],
        ],
      },
    ]);
    expect(state.holds.get(all.pledge.ref)).toMatchObject({ units: 3n, claimed: 3n });
    all.pass(all.pledge, fred, 3n);
    run();
    expect(state.holds.get(all.pledge.ref)).toBeUndefined();
    const part = state.holds.get(partIdOf(all.pledge.ref, fred));
    expect(part).toMatchObject({
      ...{ account: fred, target: bank, controller: bank, kind: 3, units: 3n, claimed: 3n },
      ...{ partOf: all.pledge.ref, behind: null, data: all.pledge.data },
    });
  });

  test("keeps ranks and what waits, and each part ends by itself [TA 200(2)] [CA 693] [CEA 145]", () => {
    const all = inherited();
    const { state, run, of } = folded(all);
    run();
    const at = (hold: { ref: string }, account: string) => state.holds.get(partIdOf(hold.ref, account));
    expect([of(dead).units, of(erin).units, of(fred).units, of(widow).units, of(bank).units]).toEqual([
      0n,
      6n,
      1n,
      2n,
      1n,
    ]);
    expect(at(all.pledge, erin)).toBeUndefined();
    expect(at(all.second, erin)).toMatchObject({
      units: 4n,
      claimed: 4n,
      behind: partIdOf(all.pledge.ref, erin),
    });
    expect(at(all.attachment, erin)).toMatchObject({ units: 2n, claimed: 3n });
    // Whole to one: the same hold, and the units have the day of the succession.
    expect(at(all.pledge, fred)).toMatchObject({ account: widow, units: 2n, partOf: all.pledge.ref });
    expect(of(widow).lots).toEqual([[20_000 - firstDay, 2]]);
  });

  test.each<[string, Parameters<ReturnType<typeof encumbered>["pass"]>[2], object, string]>([
    ["more units than the hold has", 9n, {}, "the hold has fewer units"],
    ["a claim below its units", 5n, { claimed: 4n }, "it claims what the hold does not"],
    ["a claim above the hold's", 8n, { claimed: 9n }, "it claims what the hold does not"],
    ["a claim that another part lacks", 5n, { claimed: 6n }, "it claims what the hold does not"],
    ["nothing", 0n, {}, "such a hold does not pass"],
    ["some of it, whole", 5n, { isPart: false }, "it leaves some of the hold behind"],
  ])("takes never %s", (_, units, data, message) => {
    const all = encumbered();
    all.pass(all.pledge, erin, units, data);
    expect(folded(all).run).toThrow(message);
  });

  test("goes to nobody else's account, and no trade goes along", () => {
    const all = encumbered();
    all.pass(all.pledge, dead, 8n);
    expect(folded(all).run).toThrow("nobody succeeds");
    all.chain.takeBack();
    all.chain.onHold("HOLD_RELEASED", all.pledge, 8n, 4);
    const request = all.chain.hold(dead, bank, 1n, 5);
    all.pass(request, erin, 1n);
    expect(folded(all).run).toThrow("such a hold does not pass");
  });

  test("is one heir's once", () => {
    const all = encumbered();
    all.pass(all.pledge, erin, 5n);
    all.pass(all.pledge, erin, 3n);
    expect(folded(all).run).toThrow("is open already");
  });
});

test("the word of a succession keeps its fields apart", () => {
  expect(successionWord({ claimed: 2n ** 96n - 1n })).toBe(
    `0x3${"0".repeat(23)}${"f".repeat(24)}${"0".repeat(16)}`,
  );
  expect(() => successionWord({ claimed: 2n ** 96n })).toThrow(RangeError);
});
