import { entryKinds } from "@genbo/domain/entry-kinds";
import { startOfDay } from "@genbo/domain/jst";
import type { Ratio } from "@genbo/domain/ratios";
import { decodeRatio, zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { expect, test } from "vitest";
import { correct } from "../src/correct.ts";
import { sumLots } from "../src/lots.ts";
import { correctionsOf, saidOfThePast } from "../src/rectification.ts";
import type { ChainEntry } from "../src/state.ts";
import { personOf } from "./chain.ts";
import { knownCorrections, ratiosOf, rectifiedActs, rectifiedHistory, replayed } from "./rectified.ts";

/** Of what corrects a correction the first one, which says from where all of them have effect. */
function originOf(entries: readonly ChainEntry[], entry: ChainEntry): ChainEntry {
  const { corrects } = saidOfThePast(entry);
  if (corrects === null) return entry;
  const said = saidOfThePast(entries[corrects - 1]!);
  return said.corrects === null && said.effectiveOn === null
    ? entry
    : originOf(entries, entries[corrects - 1]!);
}

/** After which entry one stands in the corrected history: that which it corrects, or the last before its day. */
function placeOf(entries: readonly ChainEntry[], entry: ChainEntry, time: Date): number {
  const { corrects, effectiveOn } = saidOfThePast(originOf(entries, entry));
  if (corrects !== null) return corrects;
  if (effectiveOn === null) return entry.seq;
  const since = startOfDay(effectiveOn);
  if (since > time) return entry.seq;
  return entries.findIndex(({ blockTime }) => since.getTime() <= blockTime * 1_000);
}

const isRatio = ({ kind }: ChainEntry) => kind === entryKinds.RATIO;
const isWhole = (entry: ChainEntry) => isRatio(entry) && entry.from === zeroAddress;

/** The units of an entry in the units of a place before it; undefined where those are no whole ones. */
function unitsAt(entries: readonly ChainEntry[], { seq, units }: ChainEntry, place: number) {
  const lasts = entries.filter(isWhole).filter((_, index) => index % 2 === 1);
  const since = lasts
    .filter((last) => last.seq > place && last.seq < seq)
    .map(({ data }) => decodeRatio(data));
  return since.reduceRight<bigint | undefined>((now, { n, d }) => {
    return now !== undefined && (now * d) % n === 0n ? (now * d) / n : undefined;
  }, units);
}

const floor = (units: bigint, { n, d }: Ratio): bigint =>
  (units * n) / d - BigInt(units < 0n && (units * n) % d !== 0n);

/**
 * The simplest register that can be: units by account, of the entries in the order in which they ought to have stood,
 * each in units of there. A ratio's last line carries whoever has none of his own. Undefined where a correction's units
 * are no whole ones there.
 */
function unitsOf(entries: readonly ChainEntry[], seq: number, knownSeq: number, time: Date) {
  const units = new Map<string, bigint>();
  const add = (of: string, by: bigint) => of !== zeroAddress && units.set(of, (units.get(of) ?? 0n) + by);
  const known = entries.slice(0, knownSeq).filter((each) => each.kind !== entryKinds.MARK && !isRatio(each));
  const placed = known.map((entry) => {
    const place = entry.seq <= seq ? entry.seq : placeOf(entries, entry, time);
    return { ...entry, place, units: unitsAt(entries, entry, place) };
  });
  const carried = new Set<string>();
  for (let at = 0; at <= seq; at++) {
    const line = entries[at - 1];
    if (line !== undefined && isRatio(line)) {
      const ends = isWhole(line) && carried.has(line.from);
      const all = ends ? [...units.keys()].filter((of) => !carried.has(of)) : [line.from];
      for (const each of all)
        if (units.has(each)) units.set(each, floor(units.get(each)!, decodeRatio(line.data)));
      if (ends) carried.clear();
      else carried.add(line.from);
    }
    for (const { place, from, to, units: moved } of placed) {
      if (place !== at) continue;
      if (moved === undefined) return undefined;
      add(from, -moved);
      add(to, moved);
    }
  }
  return new Map([...units].filter(([, held]) => held !== 0n));
}

function read(entries: readonly ChainEntry[], seq: number, knownSeq: number, time: Date) {
  const state = replayed(entries, seq);
  const corrections = correctionsOf({ seq, time }, knownCorrections(entries, knownSeq));
  return { state, ...correct(state, corrections, personOf, ratiosOf(entries)) };
}

const question = fc.record({ acts: rectifiedActs, at: fc.nat(), later: fc.nat(), hours: fc.nat(48) });

test("a reading is the fold of the corrected history, and what is known later does not change it", () => {
  let [corrected, acrossRatios] = [0, 0];
  fc.assert(
    fc.property(question, ({ acts, at, later, hours }) => {
      const entries = rectifiedHistory(acts);
      if (entries.length === 0) return;
      const seq = 1 + (at % entries.length);
      const knownSeq = seq + (later % (entries.length - seq + 1));
      const next = entries[seq]?.blockTime ?? Number.MAX_SAFE_INTEGER;
      const time = new Date(Math.min(next - 1, entries[seq - 1]!.blockTime + hours * 3_600) * 1_000);
      const { state, made, impossible } = read(entries, seq, knownSeq, time);
      const simplest = impossible.length === 0 ? unitsOf(entries, seq, knownSeq, time) : undefined;
      if (simplest !== undefined) {
        expect(new Map([...state.holdings].map(([of, { units }]) => [of, units]))).toEqual(simplest);
        if (made.length > 0) corrected += 1;
        if (made.some(({ entry }) => entries.slice(seq, entry.seq).some(isRatio))) acrossRatios += 1;
      }
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
  expect(acrossRatios).toBeGreaterThan(20);
});
