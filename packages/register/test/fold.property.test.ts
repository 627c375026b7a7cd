import type { Word } from "@genbo/domain/words";
import { zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, fold, mayOpenOrEnd, touchedBy } from "../src/fold.ts";
import { sumLots } from "../src/lots.ts";
import { type ChainEntry, emptyState, type Hold, type Holding, type IssueState } from "../src/state.ts";
import type { Step } from "../src/step.ts";
import { accounts, acts, entriesOf } from "./acts.ts";
import { account, personOf } from "./chain.ts";

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
      const { accounts, holds: ids, leaving } = touchedBy(entries);
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
        if (of === zeroAddress || !mayOpenOrEnd(holding, leaving.get(of) ?? 0n)) continue;
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
        const part = entries.slice(at, at + sizes[block % sizes.length]!);
        at += part.length;
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
        const { effect } = advance(state, entry, personOf);
        // What the tree of one state is made from that of another by.
        for (const change of effect.holdings) expect([entry.from, entry.to]).toContain(change.account);
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
