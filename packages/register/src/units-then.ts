import { entryKinds } from "@genbo/domain/entry-kinds";
import { scaledUp, scaledWhole, undone } from "@genbo/domain/ratios";
import { decodeMove, encodeMove, zeroAddress } from "@genbo/domain/words";
import { FoldError } from "./fold-error.ts";
import { type PastRatio, ratiosBetween } from "./past-ratios.ts";
import { scaleLots } from "./ratio.ts";
import type { Correction } from "./rectification.ts";
import type { ChainEntry, Lot } from "./state.ts";

/** What reaches back; `origin` as in `Reaching`, for what is entered already. */
interface ReachingBack {
  entry: ChainEntry;
  origin?: Correction;
}

/** A correction in units of a past state. */
export interface AsThen {
  /** With the units that the giver's account loses. */
  entry: ChainEntry;
  /** What the receiver's gets: other units where only one of the two had been carried by a ratio by then. */
  received: bigint;
}

/**
 * A correction is entered in units of its own time. Of a state before a consolidation or split it says what has become
 * those: whole units, so that every state since then has what it would have, had the entry been right.
 * @param seq the entry after which the state stands
 * @throws FoldError INDIVISIBLE
 */
export function asThen(seq: number, correction: ReachingBack, ratios: readonly PastRatio[]): AsThen {
  const { entry } = correction;
  if (entry.kind === entryKinds.MARK) {
    const units = datedThen(seq, correction, ratios);
    return { entry: { ...entry, units }, received: units };
  }
  const [given, received] = [entry.from, entry.to].map((account) =>
    scaledWhole(entry.units, undone(ratiosBetween(ratios, account, seq, entry.seq))),
  );
  if (given == null || received == null)
    throw new FoldError("INDIVISIBLE", entry.seq, "its units are no whole ones of before a ratio");
  return { entry: { ...entry, units: given }, received };
}

/**
 * How many units had the wrong day: it moves none, so a part of a unit counts as a whole one; but never more than those
 * that the wrong entry gave.
 */
function datedThen(seq: number, { entry, origin }: ReachingBack, ratios: readonly PastRatio[]): bigint {
  const since = ratiosBetween(ratios, entry.to, seq, entry.seq);
  if (since.length === 0) return entry.units;
  const said = scaledUp(entry.units, undone(since));
  if (origin?.corrects == null || origin.correctedUnits === null) return said;
  const gave = scaledUp(origin.correctedUnits, ratiosBetween(ratios, entry.to, origin.corrects, seq + 1));
  if (gave < said) return gave;
  return said;
}

/** The same in two steps, for sides in different units: what leaves the giver, and of lots that left what arrives. */
export function partsOf({ entry, received }: AsThen): [ChainEntry, (taken: readonly Lot[]) => ChainEntry[]] {
  const { keepDates, acquiredOn } = decodeMove(entry.data);
  const ratio = { n: received, d: entry.units, dropped: 0n };
  const giving = (taken: readonly Lot[]) =>
    scaleLots(taken, ratio).map((lot) => ({
      ...{ ...entry, kind: entryKinds.ISSUE, from: zeroAddress, units: lot.units },
      data: encodeMove({ acquiredOn: keepDates ? lot.acquiredOn : acquiredOn }),
    }));
  return [{ ...entry, kind: entryKinds.REDEEM, to: zeroAddress }, giving];
}
