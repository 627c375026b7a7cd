import { entryKinds } from "@genbo/domain/entry-kinds";
import { startOfDay } from "@genbo/domain/jst";
import { zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { expect, test } from "vitest";
import { correct } from "../src/correct.ts";
import { sumLots } from "../src/lots.ts";
import { correctionsOf, saidOfThePast } from "../src/rectification.ts";
import type { ChainEntry } from "../src/state.ts";
import { personOf } from "./chain.ts";
import { knownCorrections, rectifiedActs, rectifiedHistory, replayed } from "./rectified.ts";

/** Where an entry stands in the corrected history: after the entry that it corrects, or at the day of its order. */
function standsBy(entries: readonly ChainEntry[], entry: ChainEntry, seq: number, time: Date): boolean {
  const { corrects, effectiveOn } = saidOfThePast(entry);
  if (entry.seq <= seq) return true;
  if (effectiveOn !== null) return startOfDay(effectiveOn) <= time;
  return corrects !== null && standsBy(entries, entries[corrects - 1]!, seq, time);
}

/** The simplest register that can be: units by account of every entry that the corrected history has by then. */
function unitsOf(entries: readonly ChainEntry[], seq: number, knownSeq: number, time: Date) {
  const units = new Map<string, bigint>();
  const add = (of: string, by: bigint) => of !== zeroAddress && units.set(of, (units.get(of) ?? 0n) + by);
  for (const entry of entries.slice(0, knownSeq)) {
    if (entry.kind === entryKinds.MARK || !standsBy(entries, entry, seq, time)) continue;
    add(entry.from, -entry.units);
    add(entry.to, entry.units);
  }
  return new Map([...units].filter(([, held]) => held !== 0n));
}

function read(entries: readonly ChainEntry[], seq: number, knownSeq: number, time: Date) {
  const state = replayed(entries, seq);
  const corrections = correctionsOf({ seq, time }, knownCorrections(entries, knownSeq));
  return { state, ...correct(state, corrections, personOf) };
}

const question = fc.record({ acts: rectifiedActs, at: fc.nat(), later: fc.nat(), hours: fc.nat(48) });

test("a reading is the fold of the corrected history, and what is known later does not change it", () => {
  let corrected = 0;
  fc.assert(
    fc.property(question, ({ acts, at, later, hours }) => {
      const entries = rectifiedHistory(acts);
      if (entries.length === 0) return;
      const seq = 1 + (at % entries.length);
      const knownSeq = seq + (later % (entries.length - seq + 1));
      const next = entries[seq]?.blockTime ?? Number.MAX_SAFE_INTEGER;
      const time = new Date(Math.min(next - 1, entries[seq - 1]!.blockTime + hours * 3_600) * 1_000);
      const { state, made, impossible } = read(entries, seq, knownSeq, time);
      if (made.length > 0 && impossible.length === 0) corrected += 1;
      if (impossible.length === 0)
        expect(new Map([...state.holdings].map(([of, { units }]) => [of, units]))).toEqual(
          unitsOf(entries, seq, knownSeq, time),
        );
      for (const { lots, units } of state.holdings.values()) expect(sumLots(lots)).toBe(units);
      const holdings = [...state.holdings.values()];
      expect(state.accounts).toBe(holdings.length);
      expect(state.holders).toBe(new Set(holdings.map(({ person }) => person)).size);
      expect(state.units).toBe(holdings.reduce((sum, { units }) => sum + units, 0n));
      expect(read(entries.slice(0, knownSeq), seq, knownSeq, time)).toEqual({ state, made, impossible });
    }),
    { numRuns: 300, seed: 186 },
  );
  expect(corrected).toBeGreaterThan(50);
});
