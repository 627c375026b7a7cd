import type { Word } from "@genbo/domain/words";
import { zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, fold, touchedBy } from "../src/fold.ts";
import { sumLots } from "../src/lots.ts";
import { type ChainEntry, emptyState, type Hold, type Holding, type IssueState } from "../src/state.ts";
import type { Step } from "../src/step.ts";
import { account, createChain, firstDay, personOf } from "./chain.ts";

const accounts = 6;
const act = fc.record({
  kind: fc.constantFrom(
    "issue",
    "issue",
    "redeem",
    "move",
    "move",
    "hold",
    "accept",
    "execute",
    "execute",
    "release",
  ),
  from: fc.nat(accounts - 1),
  to: fc.nat(accounts - 1),
  /** 0 = all that are free, or all that the hold has. */
  wanted: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 40n })),
  /** Days since the act before. */
  later: fc.nat(2),
  lot: fc.option(fc.nat(9), { nil: null }),
  keepDates: fc.boolean(),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
const acts = fc.array(act, { minLength: 1, maxLength: 60, size: "max" });

/** The entries of those acts that the contract would let through, kept by the simplest ledger that can be. */
function entriesOf(list: Act[]): {
  entries: ChainEntry[];
  units: Map<string, bigint>;
  held: Map<string, bigint>;
} {
  const chain = createChain();
  const units = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  const holds: { entry: ChainEntry; left: bigint }[] = [];
  const add = (map: Map<string, bigint>, key: string, by: bigint) => map.set(key, (map.get(key) ?? 0n) + by);
  let day = 0;
  for (const { kind, lot, keepDates, later, wanted, ...each } of list) {
    day += later;
    const [from, to] = [account(each.from), account(each.to)];
    const free = (units.get(from) ?? 0n) - (held.get(from) ?? 0n);
    const data = { lotAcquiredOn: lot === null ? 0 : firstDay + lot };
    const amount = wanted === 0n ? free : wanted;
    const can = amount > 0n && amount <= free;
    if (kind === "issue") {
      chain.issue(to, wanted + 1n, day);
      add(units, to, wanted + 1n);
    } else if (kind === "redeem" && can) {
      chain.redeem(from, amount, day);
      add(units, from, -amount);
    } else if (kind === "move" && can && from !== to) {
      chain.move(from, to, amount, day, { ...data, keepDates });
      add(units, from, -amount);
      add(units, to, amount);
    } else if (kind === "hold" && can && from !== to) {
      holds.push({
        entry: chain.hold(from, to, amount, day, { ...data, kind: 1 + (each.to % 6) }),
        left: amount,
      });
      add(held, from, amount);
    }
    const hold = holds.find((open) => open.left > 0n);
    if (hold === undefined || !["accept", "execute", "release"].includes(kind)) continue;
    const part = wanted === 0n || wanted > hold.left ? hold.left : wanted;
    if (kind === "accept") chain.onHold("HOLD_ACCEPTED", hold.entry, hold.left, day);
    else {
      chain.onHold(kind === "execute" ? "HOLD_EXECUTED" : "HOLD_RELEASED", hold.entry, part, day);
      hold.left -= part;
      add(held, hold.entry.from, -part);
    }
    if (kind === "execute") {
      add(units, hold.entry.from, -part);
      add(units, hold.entry.to, part);
    }
  }
  return { entries: chain.entries, units, held };
}

interface Period {
  from: number;
  to: number | null;
  holding: Holding;
}

/** The rows that the register keeps: periods and holds; everything the fold needs is loaded from them. */
function createRows() {
  const periods: Period[] = [];
  const holds = new Map<Word, Hold>();
  let totals = { ...emptyState() };
  const open = (of: string) =>
    periods.find((period) => period.to === null && period.holding.account === of)?.holding;
  return {
    periods,
    load(entries: readonly ChainEntry[]): IssueState {
      const { accounts, holds: ids } = touchedBy(entries);
      const state = {
        ...emptyState(),
        ...totals,
        holdings: new Map(),
        holds: new Map(),
        accountsOfPerson: new Map(),
      };
      for (const id of ids) {
        const hold = holds.get(id);
        if (hold?.toSeq === null) state.holds.set(id, hold);
        if (hold !== undefined) accounts.add(hold.account);
      }
      for (const of of accounts) {
        const holding = open(of);
        if (holding !== undefined) state.holdings.set(of, holding);
        if (of === zeroAddress) continue;
        const person = personOf(of);
        const wallets = periods.filter((period) => period.to === null && period.holding.person === person);
        if (wallets.length > 0) state.accountsOfPerson.set(person, wallets.length);
      }
      return state;
    },
    write(steps: readonly Step[]) {
      for (const { entry, effect, totals: after } of steps) {
        for (const change of effect.holdings) {
          const period = periods.find((each) => each.to === null && each.holding.account === change.account);
          if (period !== undefined) period.to = entry.seq;
          if (change.after !== null) periods.push({ from: entry.seq, to: null, holding: change.after });
        }
        if (effect.hold !== null) holds.set(effect.hold.id, effect.hold);
        totals = { ...totals, ...after };
      }
    },
  };
}

const replay = (entries: readonly ChainEntry[]): IssueState =>
  entries.reduce((state, entry) => fold(state, entry, personOf), emptyState());

const sorted = (holdings: Iterable<Holding>) =>
  [...holdings].sort((a, b) => (a.account < b.account ? -1 : 1));

test("incremental by blocks over touched accounts alone = rebuild from zero", () => {
  fc.assert(
    fc.property(acts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (list, sizes) => {
      const { entries } = entriesOf(list);
      const rows = createRows();
      const steps: Step[] = [];
      for (let at = 0, block = 0; at < entries.length; block++) {
        const part = entries.slice(at, (at += sizes[block % sizes.length]!));
        const state = rows.load(part);
        const done = part.map((entry) => advance(state, entry, personOf));
        rows.write(done);
        steps.push(...done);
      }
      const whole = emptyState();
      const rebuilt = entries.map((entry) => advance(whole, entry, personOf));
      expect(steps).toEqual(rebuilt);
      const standing = rows.periods.filter((period) => period.to === null).map((period) => period.holding);
      expect(sorted(standing)).toEqual(sorted(whole.holdings.values()));
    }),
    { numRuns: 300 },
  );
});

test("after each entry: Σ lots = holding, Σ open holds = encumbered, Σ holdings = units, holders = persons", () => {
  fc.assert(
    fc.property(acts, (list) => {
      const { entries, units, held } = entriesOf(list);
      const state = emptyState();
      for (const entry of entries) {
        advance(state, entry, personOf);
        checkInvariants(state);
      }
      for (let n = 0; n < accounts; n++) {
        const holding = state.holdings.get(account(n));
        expect([holding?.units ?? 0n, holding?.encumbered ?? 0n]).toEqual([
          units.get(account(n)) ?? 0n,
          held.get(account(n)) ?? 0n,
        ]);
      }
    }),
    { numRuns: 300 },
  );
});

test("periods as of any entry = replay up to it", () => {
  fc.assert(
    fc.property(acts, fc.nat(), (list, pick) => {
      const { entries } = entriesOf(list);
      const rows = createRows();
      const state = emptyState();
      rows.write(entries.map((entry) => advance(state, entry, personOf)));
      const seq = pick % (entries.length + 1);
      expect(rows.periods.every(({ from, holding }) => from === holding.fromSeq)).toBe(true);
      const asOf = rows.periods.filter(({ from, to }) => from <= seq && (to === null || to > seq));
      expect(sorted(asOf.map((period) => period.holding))).toEqual(
        sorted(replay(entries.slice(0, seq)).holdings.values()),
      );
    }),
    { numRuns: 300 },
  );
});

function checkInvariants(state: IssueState) {
  let total = 0n;
  const persons = new Set<string>();
  for (const holding of state.holdings.values()) {
    const dates = holding.lots.map((lot) => lot.acquiredOn);
    const open = [...state.holds.values()].filter((hold) => hold.account === holding.account);
    expect(sumLots(holding.lots)).toBe(holding.units);
    expect(holding.lots.every((lot) => lot.units > 0n)).toBe(true);
    expect(dates).toEqual([...new Set(dates)].sort((a, b) => a - b));
    expect(open.reduce((sum, hold) => sum + hold.units, 0n)).toBe(holding.encumbered);
    total += holding.units;
    persons.add(holding.person);
  }
  expect([...state.holds.values()].every((hold) => hold.units > 0n)).toBe(true);
  expect(state.units).toBe(total);
  expect(state.holders).toBe(persons.size);
  expect(state.accounts).toBe(state.holdings.size);
}
