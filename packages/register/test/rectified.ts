import { entryKinds } from "@genbo/domain/entry-kinds";
import { basisCode } from "@genbo/domain/legal-basis";
import type { Ratio } from "@genbo/domain/ratios";
import { encodeMove, scaled, uintWord, zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { fold } from "../src/fold.ts";
import { FoldError } from "../src/fold-error.ts";
import { type PastRatio, pastRatios } from "../src/past-ratios.ts";
import { type Correction, saidOfThePast } from "../src/rectification.ts";
import { type ChainEntry, emptyState, type IssueState } from "../src/state.ts";
import { account, createChain, firstDay, personOf } from "./chain.ts";

const accounts = 6;
const act = fc.record({
  kind: fc.constantFrom(
    "issue",
    "issue",
    "move",
    "move",
    "move",
    "take back",
    "take back",
    "redate",
    "judgment",
    "ratio",
  ),
  from: fc.nat(accounts - 1),
  to: fc.nat(accounts - 1),
  units: fc.bigInt({ min: 1n, max: 20n }),
  /** Days since the act before. */
  later: fc.nat(3),
  /** Which of the moves or rectifications so far is corrected. */
  which: fc.nat(),
  daysBack: fc.nat(8),
  n: fc.bigInt({ min: 1n, max: 3n }),
  d: fc.constantFrom(1n, 1n, 2n),
});
export const rectifiedActs = fc.array(act, { minLength: 5, maxLength: 60, size: "max" });
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const rectification = basisCode("RECTIFICATION");

/** Carries every account by a consolidation or split, each by a line of its own, between two lines of the whole. */
function carry(chain: ReturnType<typeof createChain>, before: IssueState, ratio: Ratio, day: number) {
  const { n, d } = ratio;
  const line = (fields: Partial<ChainEntry>, was: bigint) => {
    const data = uintWord((n << 128n) | (((was * n) % d) << 64n) | d);
    return chain.emit("RATIO", { basis: n < d ? 9 : 10, data, ...fields }, day);
  };
  let state = fold(before, line({ units: before.units }, 0n), personOf);
  for (const { account: of, units } of before.holdings.values())
    state = fold(state, line({ from: of, to: of, units: scaled(units, ratio) }, units), personOf);
  return fold(state, line({ units: state.units }, 0n), personOf);
}

/**
 * A history of issues and moves in which some are rectified later, some rectifications too, with consolidations and
 * splits between. What cannot be is left out; but units that are no whole ones of before a ratio are corrected all the
 * same, by whoever does not ask.
 */
export function rectifiedHistory(list: readonly Act[]): ChainEntry[] {
  const chain = createChain();
  let state: IssueState = emptyState();
  let day = 0;
  const moves: ChainEntry[] = [];
  const ratios: (Ratio & { seq: number })[] = [];
  for (const { kind, units, later, which, daysBack, n, d, ...each } of list) {
    day += later;
    const [from, to] = [account(each.from), account(each.to)];
    const corrected = moves[which % Math.max(1, moves.length)];
    if (kind === "issue") chain.issue(to, units, day);
    else if (kind === "move" && from !== to) chain.move(from, to, units, day);
    else if (kind === "judgment" && from !== to) {
      const data = encodeMove({ acquiredOn: firstDay + Math.max(0, day - daysBack) });
      chain.emit("FORCED_TRANSFER", { from, to, units, basis: basisCode("JUDGMENT"), data }, day);
    } else if (kind === "take back" && corrected !== undefined && corrected.from !== zeroAddress) {
      const { seq } = corrected;
      const since = ratios.filter((ratio) => ratio.seq > seq);
      const back = { from: corrected.to, to: corrected.from, units: since.reduce(scaled, corrected.units) };
      chain.emit(
        "FORCED_TRANSFER",
        { ...back, basis: rectification, data: encodeMove({ corrects: seq }) },
        day,
      );
    } else if (kind === "redate" && corrected !== undefined) {
      const made = Math.floor((corrected.blockTime + 32_400) / 86_400);
      const dates = { acquiredOn: made - 1, lotAcquiredOn: made };
      const data = encodeMove({ corrects: corrected.seq, ...dates });
      const of = { from: corrected.to, to: corrected.to, units };
      chain.emit("MARK", { ...of, basis: rectification, data }, day);
    } else if (kind === "ratio" && n !== d) {
      state = carry(chain, state, { n, d }, day);
      ratios.push({ n, d, seq: state.seq });
      continue;
    } else continue;
    const entry = chain.entries.at(-1)!;
    try {
      state = fold(state, entry, personOf);
      if (entry.kind !== entryKinds.MARK) moves.push(entry);
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      chain.takeBack();
    }
  }
  return chain.entries;
}

export const replayed = (entries: readonly ChainEntry[], seq: number): IssueState =>
  entries.slice(0, seq).reduce((state, entry) => fold(state, entry, personOf), emptyState());

/** Every correction among the first entries. */
export const knownCorrections = (entries: readonly ChainEntry[], seq = entries.length): Correction[] =>
  entries.slice(0, seq).flatMap((entry) => {
    const said = saidOfThePast(entry);
    return said.corrects === null && said.effectiveOn === null
      ? []
      : [
          {
            entry,
            ...said,
            correctedUnits: said.corrects === null ? null : entries[said.corrects - 1]!.units,
          },
        ];
  });

export const ratiosOf = (entries: readonly ChainEntry[]): PastRatio[] =>
  pastRatios(entries.filter(({ kind }) => kind === entryKinds.RATIO));

/** A fixed one of some length. */
export const rectifiedSample = (seed: number): ChainEntry[] =>
  rectifiedHistory(
    fc.sample(fc.array(rectifiedActs, { minLength: 6, maxLength: 6 }), { seed, numRuns: 1 })[0]!.flat(),
  );
