import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DocumentKind } from "../../src/cases/kinds.ts";
import { dividedHolds } from "../../src/cases/passing.ts";
import type { CaseHold } from "../../src/cases/situation.ts";
import type { SuccessionFacts } from "../../src/cases/succession.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { decodeMove } from "../../src/words.ts";
import { caseRef, faultsOf, planOf } from "./judge.ts";
import { bank, broker, debtor, heirE, heirF, ref, situationOf, trustee } from "./register.ts";

const { PLEDGE, ATTACHMENT, LOCKUP, DVP, FREEZE } = holdKinds;
const pledge = (units: bigint, more: Partial<CaseHold> = {}) => ({
  kind: PLEDGE,
  units,
  target: bank,
  controller: broker,
  ...more,
});

interface Args {
  from: string;
  rows: {
    to: string;
    units: string;
    ref: string;
    data: string;
    parts: { units: string; claim: string }[];
  }[];
  holdIds: string[];
}

type NamedHolds = NonNullable<SuccessionFacts["heirs"][number]["holds"]>;
type NamedHold = NamedHolds[number];

describe("an inheritance of units on which something rests", () => {
  const heirs = [
    { account: heirE, units: 6n },
    { account: heirF, units: 4n },
  ];
  const facts: SuccessionFacts = { account: debtor, diedOn: "2022-02-01", heirs };
  const documents: DocumentKind[] = ["FAMILY_REGISTER", "DIVISION_AGREEMENT"];
  const faults = (holds: Partial<CaseHold>[], more: Partial<typeof facts> = {}, units = {}) =>
    faultsOf("SUCCESSION", { ...facts, ...more }, documents, situationOf(holds, { units }));
  const passed = (holds: Partial<CaseHold>[], more: Partial<typeof facts> = {}) => {
    const call = planOf("SUCCESSION", { ...facts, ...more }, situationOf(holds)).calls.at(-1)!;
    return { ...call, args: call.args as unknown as Args };
  };

  test("goes along with a pledge: each heir's units are pledged as the whole was [CC 296] [CC 896] [TA 200(2)]", () => {
    expect(faults([pledge(5n)])).toEqual([]);
    const { args, ...call } = passed([pledge(5n)]);
    expect(call).toEqual({ signer: trustee, call: "succeed", onToken: true, ref: caseRef });
    expect(args).toMatchObject({
      from: debtor,
      holdIds: [ref(1)],
      rows: [
        { to: heirE, units: "3", ref: caseRef, parts: [{ units: "3", claim: "3" }] },
        { to: heirF, units: "2", parts: [{ units: "2", claim: "2" }] },
      ],
    });
    expect(args.rows.map(({ data }) => decodeMove(data).keepDates)).toEqual([true, true]);
  });

  test("of a sole heir takes each hold whole, with what an attachment waits for [CC 896] [CEA 145]", () => {
    const sole = { heirs: [{ account: heirE, units: 10n }] };
    const holds = [pledge(8n), { kind: ATTACHMENT, units: 2n, claimed: 5n }];
    expect(faults(holds, sole)).toEqual([]);
    const { args, ref: first } = passed(holds, sole);
    const parts = [
      { units: "8", claim: "8" },
      { units: "2", claim: "5" },
    ];
    expect(args).toMatchObject({ holdIds: [ref(1), ref(2)], rows: [{ to: heirE, units: "0", parts }] });
    // Nothing is free: the first line is that of the first hold.
    expect(first).toBe(ref(1));
  });

  test("divides what waits so that each part gets what the whole would have got [CEA 145] [CC 296]", () => {
    const { args } = passed([
      pledge(5n),
      pledge(0n, { claimed: 5n, behind: ref(1) }),
      { kind: ATTACHMENT, units: 5n, claimed: 10n },
    ]);
    // Each has under the attachment all that the others do not have, and the second pledge what the first has.
    expect(
      args.rows.map(({ units, parts }) => [units, ...parts.map((part) => [part.units, part.claim])]),
    ).toEqual([
      ["0", ["3", "3"], ["0", "3"], ["3", "6"]],
      ["0", ["2", "2"], ["0", "2"], ["2", "4"]],
    ]);
  });

  test("is divided as the heirs have agreed: who takes what rests on units, and who the free ones [CC 296]", () => {
    const holds = [pledge(5n), { kind: ATTACHMENT, units: 2n }];
    const agreed = (first: NamedHolds, second: NamedHolds = []) => ({
      heirs: [
        { ...heirs[0]!, holds: first },
        { ...heirs[1]!, holds: second },
      ],
    });
    const rowsOf = (more: Partial<typeof facts>) =>
      passed(holds, more).args.rows.map(({ units, parts }) => [
        units,
        ...parts.map((part) => [part.units, part.claim]),
      ]);
    const whole = agreed([{ holdId: ref(1), units: 5n }]);
    expect(faults(holds, whole)).toEqual([]);
    // One has all pledged units, and of the attached ones what his share has left of those that nothing is agreed on.
    expect(rowsOf(whole)).toEqual([
      ["1", ["5", "5"], ["0", "0"]],
      ["2", ["0", "0"], ["2", "2"]],
    ]);
    const each = agreed(
      [
        { holdId: ref(1), units: 4n },
        { holdId: ref(2), units: 2n },
      ],
      [{ holdId: ref(1), units: 1n }],
    );
    expect(faults(holds, each)).toEqual([]);
    expect(rowsOf(each)).toEqual([
      ["0", ["4", "4"], ["2", "2"]],
      ["3", ["1", "1"], ["0", "0"]],
    ]);
    // What waits for a pledge's units goes where they go.
    const behind = [...holds, pledge(0n, { claimed: 5n, behind: ref(1) })];
    expect(passed(behind, whole).args.rows.map(({ parts }) => parts.map(({ claim }) => claim))).toEqual([
      ["5", "0", "5"],
      ["0", "2", "0"],
    ]);
    expect(faults(holds, agreed([{ holdId: ref(1), units: 4n }]))).toEqual(["SHARES_DO_NOT_ADD_UP"]);
    expect(faults(holds, agreed([], [{ holdId: ref(1), units: 5n }]))).toEqual(["SHARES_DO_NOT_ADD_UP"]);
    expect(faults(holds, agreed([{ holdId: ref(9), units: 1n }]))).toEqual(["HOLD_UNKNOWN"]);
    expect(
      faultsOf(
        "SUCCESSION",
        { ...facts, ...whole },
        ["FAMILY_REGISTER", "INHERITANCE_STATEMENT"],
        situationOf(holds),
      ),
    ).toEqual(["DOCUMENT_MISSING"]);
  });

  test("leaves an heir's own pledge standing on the other one's units", () => {
    const holds = [pledge(4n, { target: heirF })];
    const taken = (first: bigint, second: bigint) => ({
      heirs: [
        { ...heirs[0]!, holds: first === 0n ? [] : [{ holdId: ref(1), units: first }] },
        { ...heirs[1]!, holds: second === 0n ? [] : [{ holdId: ref(1), units: second }] },
      ],
    });
    expect(faults(holds, taken(4n, 0n))).toEqual([]);
    expect(faults(holds, taken(3n, 1n))).toEqual(["HOLDS_STAND"]);
  });

  test("names holds in their rank, and has a lock-up along", () => {
    const { args } = passed([{ kind: LOCKUP, units: 2n, fromSeq: 9 }, pledge(3n, { fromSeq: 4 })]);
    expect(args.holdIds).toEqual([ref(2), ref(1)]);
  });

  test("is refused while a trade is under way, for frozen units, and for a pledgee who inherits", () => {
    expect(faults([{ units: 1n }])).toEqual(["HOLDS_STAND"]);
    expect(faults([{ kind: DVP, units: 1n }])).toEqual(["HOLDS_STAND"]);
    expect(faults([{ kind: FREEZE, units: 0n, claimed: 1n }])).toEqual(["HOLDS_STAND"]);
    expect(faults([pledge(1n, { target: heirF })])).toEqual(["HOLDS_STAND"]);
  });

  test("is refused where an attachment that waits would reach the heir's own units [CEA 145(1)]", () => {
    const waits = { kind: ATTACHMENT, units: 5n, claimed: 7n };
    const own = { [heirF]: 1n };
    expect(faults([pledge(5n), waits], {}, own)).toEqual(["ACCOUNT_IN_USE"]);
    expect(faults([pledge(5n)], {}, own)).toEqual([]);
    expect(faults([pledge(5n), waits])).toEqual([]);
  });

  test("is refused when one transaction cannot carry it, or too much would wait", () => {
    const many = Array.from({ length: 10 }, () => pledge(1n));
    const five = [heirE, heirF, bank, ref(70).slice(0, 42), ref(71).slice(0, 42)];
    const shares = { heirs: five.map((account) => ({ account, units: 2n })) };
    expect(faults(many, shares)).toContain("TOO_MANY_PARTS");
    expect(faults(many.slice(0, 9), shares)).not.toContain("TOO_MANY_PARTS");
    const waiting = Array.from({ length: 9 }, () => pledge(0n, { claimed: 1n, behind: ref(1) }));
    expect(faults([pledge(1n), ...waiting])).toContain("TOO_MANY_WAITING");
    expect(faults([pledge(1n), ...waiting.slice(1)])).toEqual([]);
  });
});

describe("a company that succeeds", () => {
  const facts = { from: debtor, to: bank, units: 10n, effectiveOn: "2022-03-01" };
  const merger = { ...facts, form: "MERGER" as const };
  const split = { ...facts, form: "COMPANY_SPLIT" as const };
  const own = { target: heirE };

  test("takes pledges and attachments along in a merger [CC 896] [CA 693]", () => {
    const held = situationOf([pledge(4n, own), { kind: ATTACHMENT, units: 3n }]);
    expect(faultsOf("CORPORATE_SUCCESSION", merger, ["COMPANY_REGISTER"], held)).toEqual([]);
    expect(planOf("CORPORATE_SUCCESSION", merger, held).calls).toMatchObject([
      {
        call: "succeed",
        ref: caseRef,
        args: { rows: [{ to: bank, units: "3" }], holdIds: [ref(1), ref(2)] },
      },
    ]);
    const trade = situationOf([{ units: 1n }]);
    expect(faultsOf("CORPORATE_SUCCESSION", merger, ["COMPANY_REGISTER"], trade)).toEqual(["HOLDS_STAND"]);
  });

  test("takes of a split all with what rests on it, or what nothing rests on", () => {
    const papers: DocumentKind[] = ["COMPANY_REGISTER", "COMPANY_SPLIT_PLAN"];
    const held = situationOf([pledge(4n, own)]);
    const callOf = (units: bigint) =>
      planOf("CORPORATE_SUCCESSION", { ...split, units }, held).calls[0]!.call;
    const faults = (units: bigint) => faultsOf("CORPORATE_SUCCESSION", { ...split, units }, papers, held);
    expect([faults(10n), callOf(10n)]).toEqual([[], "succeed"]);
    expect([faults(6n), callOf(6n)]).toEqual([[], "enforceTransfers"]);
    expect(faults(7n)).toEqual(["HOLDS_STAND"]);
  });
});

const holdOf = (hold: Partial<CaseHold>, place: number): CaseHold => ({
  ...{
    id: ref(place + 1),
    account: debtor,
    target: null,
    kind: PLEDGE,
    controller: broker,
    keeper: broker,
    units: 0n,
  },
  ...{ claimed: hold.units ?? 0n, behind: null, fromSeq: place, form: null, ...hold },
});

test("whatever is divided stays whole, fits into each share and frees nothing [CC 296]", () => {
  const history = fc.record({
    shares: fc.array(fc.bigInt(1n, 40n), { minLength: 1, maxLength: 6 }),
    wanted: fc.array(
      fc.record({
        units: fc.bigInt(0n, 60n),
        more: fc.bigInt(0n, 60n),
        waits: fc.boolean(),
        agreed: fc.boolean(),
      }),
      {
        maxLength: 7,
      },
    ),
  });
  fc.assert(
    fc.property(history, ({ shares, wanted }) => {
      const all = sum(shares);
      let free = all;
      const holds = wanted.flatMap(({ units, more, waits }, place) => {
        const own = BigInt(Math.min(Number(units), Number(free)));
        free -= own;
        const claimed = own + (waits ? more : 0n);
        return claimed === 0n ? [] : [holdOf({ units: own, claimed, kind: ATTACHMENT }, place)];
      });
      const successors = agreeing(
        shares,
        holds.filter((_, place) => wanted[place]!.agreed),
      );
      const { parts, free: left } = dividedHolds(holds, successors);
      for (const [row, { holds: own }] of successors.entries())
        for (const { holdId, units } of own)
          expect(parts[holds.findIndex(({ id }) => id === holdId)]![row]!.units).toBe(units);
      for (const [place, hold] of holds.entries()) {
        const of = parts[place]!;
        expect([sum(of.map(({ units }) => units)), sum(of.map(({ claim }) => claim))]).toEqual([
          hold.units,
          hold.claimed,
        ]);
        expect(of.every(({ units, claim }) => units >= 0n && claim >= units)).toBe(true);
      }
      for (const [row, share] of shares.entries()) {
        expect(left[row]! + sum(parts.map((of) => of[row]!.units))).toBe(share);
        expect(left[row]! >= 0n).toBe(true);
      }
      // Where a hold claims no more than there is, each part does so too.
      for (const [place, hold] of holds.entries())
        if (hold.claimed <= all - free)
          expect(parts[place]!.every(({ claim }, row) => claim <= shares[row]! - left[row]!)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

/** Successors with these shares: whoever comes first takes of these holds as much as he can. */
function agreeing(shares: readonly bigint[], holds: readonly CaseHold[]) {
  const successors = shares.map((units, row) => ({ account: ref(row), units, holds: [] as NamedHold[] }));
  const room = [...shares];
  for (const { id: holdId, units } of holds) {
    let rest = units;
    for (const [row, { holds: own }] of successors.entries()) {
      const taken = least(rest, room[row]!);
      if (taken > 0n) own.push({ holdId, units: taken });
      room[row] = room[row]! - taken;
      rest -= taken;
    }
  }
  return successors;
}

type Standing = Pick<CaseHold, "id" | "behind" | "units" | "claimed"> & { waits: boolean };

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What each hold that waits takes when all that do not wait are released: pledges behind of their own first, then attachments. */
function taken(holds: readonly Standing[]): bigint[] {
  const stands = holds.filter(({ waits }) => !waits);
  const freed = Map.groupBy(stands, ({ id, behind }) => behind ?? id);
  const left = new Map([...freed].map(([first, of]) => [first, sum(of.map(({ units }) => units))]));
  const take = ({ units, claimed, behind }: Standing): bigint => {
    let lacking = claimed - units;
    for (const first of behind === null ? [...left.keys()] : [behind]) {
      const there = left.get(first) ?? 0n;
      const got = least(there, lacking);
      left.set(first, there - got);
      lacking -= got;
    }
    return claimed - units - lacking;
  };
  const got = new Map<Standing, bigint>();
  for (const hold of holds.filter(({ behind }) => behind !== null)) got.set(hold, take(hold));
  for (const hold of holds.filter(({ behind }) => behind === null)) got.set(hold, take(hold));
  return holds.map((hold) => got.get(hold)!);
}

const wish = fc.record({ kind: fc.constantFrom("first", "behind", "attachment"), units: fc.bigInt(1n, 30n) });

/** Holds as they come to stand on an account: each attachment takes what is free and waits for the rest. */
function standing(wishes: readonly { kind: string; units: bigint }[], all: bigint): CaseHold[] {
  const holds: CaseHold[] = [];
  let free = all;
  const set = (hold: Partial<CaseHold>) => {
    const units = hold.units!;
    free -= units;
    holds.push(holdOf(hold, holds.length));
  };
  for (const { kind, units } of wishes) {
    const first = holds.find((hold) => hold.kind === PLEDGE && hold.behind === null);
    const attached = holds.some((hold) => hold.kind === ATTACHMENT);
    const own = least(units, free);
    if (kind === "attachment") set({ kind: ATTACHMENT, units: own, claimed: least(units, all) });
    else if (kind === "first" && own > 0n) set({ units: own });
    else if (kind === "behind" && first && !attached) {
      const claimed = least(units, first.units);
      set({ units: 0n, claimed, behind: first.id });
    }
  }
  return holds;
}

test("parts that wait get together what the whole would have got, in their rank [CC 296] [CEA 145]", () => {
  const estate = fc.record({
    shares: fc.array(fc.bigInt(1n, 20n), { minLength: 2, maxLength: 4 }),
    wishes: fc.array(wish, { minLength: 2, maxLength: 7 }),
    agreed: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  });
  fc.assert(
    fc.property(estate, ({ shares, wishes, agreed }) => {
      const holds = standing(wishes, sum(shares)).map((hold) => ({
        ...hold,
        waits: hold.claimed > hold.units,
      }));
      const { parts } = dividedHolds(
        holds,
        agreeing(
          shares,
          holds.filter((_, place) => agreed[place]),
        ),
      );
      const rows = shares.map((_, row) =>
        taken(
          holds.map((hold, place) => {
            const { units, claim } = parts[place]![row]!;
            return { ...hold, units, claimed: claim };
          }),
        ),
      );
      const together = holds.map((_, place) => sum(rows.map((row) => row[place]!)));
      expect(together).toEqual(taken(holds));
    }),
    { numRuns: 1000, examples: [[{ shares: [1n, 1n], wishes: second, agreed: [] }]] },
  );
});

// Two behind a pledge of two units, each for one: both would get theirs.
const second: { kind: "first" | "behind"; units: bigint }[] = [
  { kind: "first", units: 2n },
  { kind: "behind", units: 1n },
  { kind: "behind", units: 1n },
];

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, each) => all + each, 0n);
