import { entryKinds } from "@genbo/domain/entry-kinds";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove, zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { fold } from "../src/fold.ts";
import { FoldError } from "../src/fold-error.ts";
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
  ),
  from: fc.nat(accounts - 1),
  to: fc.nat(accounts - 1),
  units: fc.bigInt({ min: 1n, max: 20n }),
  /** Days since the act before. */
  later: fc.nat(3),
  /** Which of the moves or rectifications so far is corrected. */
  which: fc.nat(),
  daysBack: fc.nat(8),
});
export const rectifiedActs = fc.array(act, { minLength: 5, maxLength: 60, size: "max" });
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const rectification = basisCode("RECTIFICATION");

/** A history of issues and moves in which some are rectified later, some rectifications too. What cannot be is left out. */
export function rectifiedHistory(list: readonly Act[]): ChainEntry[] {
  const chain = createChain();
  let state: IssueState = emptyState();
  let day = 0;
  const moves: ChainEntry[] = [];
  for (const { kind, units, later, which, daysBack, ...each } of list) {
    day += later;
    const [from, to] = [account(each.from), account(each.to)];
    const corrected = moves[which % Math.max(1, moves.length)];
    if (kind === "issue") chain.issue(to, units, day);
    else if (kind === "move" && from !== to) chain.move(from, to, units, day);
    else if (kind === "judgment" && from !== to) {
      const data = encodeMove({ acquiredOn: firstDay + Math.max(0, day - daysBack) });
      chain.emit("FORCED_TRANSFER", { from, to, units, basis: basisCode("JUDGMENT"), data }, day);
    } else if (kind === "take back" && corrected !== undefined && corrected.from !== zeroAddress) {
      const back = { from: corrected.to, to: corrected.from };
      const data = encodeMove({ corrects: corrected.seq });
      chain.emit("FORCED_TRANSFER", { ...back, units: corrected.units, basis: rectification, data }, day);
    } else if (kind === "redate" && corrected !== undefined) {
      const made = Math.floor((corrected.blockTime + 32_400) / 86_400);
      const dates = { acquiredOn: made - 1, lotAcquiredOn: made };
      const data = encodeMove({ corrects: corrected.seq, ...dates });
      const of = { from: corrected.to, to: corrected.to, units };
      chain.emit("MARK", { ...of, basis: rectification, data }, day);
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
    return said.corrects === null && said.effectiveOn === null ? [] : [{ entry, ...said }];
  });
