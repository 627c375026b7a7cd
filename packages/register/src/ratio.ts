import { holdKinds } from "@genbo/domain/entry-kinds";
import { decodeRatio, type RatioData, scaled, zeroAddress } from "@genbo/domain/words";
import { FoldError } from "./fold-error.ts";
import type { ChainEntry, Hold, Lot, PartialState } from "./state.ts";

/** What a RATIO entry says, checked as far as it stands by itself. @throws FoldError */
export function ratioOf(entry: ChainEntry): RatioData {
  const ratio = decodeRatio(entry.data);
  if (ratio.n === 0n || ratio.d === 0n) throw bad(entry, "its ratio has a zero");
  return ratio;
}

/** The line that begins or ends a consolidation or split names the units of the whole issue at that time. */
export function checkWhole(state: PartialState, entry: ChainEntry): void {
  ratioOf(entry);
  if (entry.to !== zeroAddress || entry.units !== state.units)
    throw bad(entry, "its units are not the issue's");
}

/** Units as the entry says them. @throws FoldError when they, or the part that fell away, are not what the ratio makes */
export function scaledBy(entry: ChainEntry, units: bigint): bigint {
  const ratio = ratioOf(entry);
  if (scaled(units, ratio) !== entry.units || (units * ratio.n) % ratio.d !== ratio.dropped)
    throw bad(entry, "its units are not what the ratio makes of them");
  return entry.units;
}

/**
 * Lots keep their days. Each ends where the floor of the sum up to it ends, so that the lots sum to the floor of the
 * whole; a lot of which nothing is left falls away.
 */
export function scaleLots(lots: readonly Lot[], ratio: RatioData): Lot[] {
  let [before, after] = [0n, 0n];
  return lots.flatMap(({ acquiredOn, units }) => {
    before += units;
    const part = scaled(before, ratio) - after;
    after += part;
    return part === 0n ? [] : [{ acquiredOn, units: part }];
  });
}

/** A hold after its RATIO entry: what it encumbers, and what it claims, each floored. */
export function scaleHold(hold: Hold, entry: ChainEntry): Hold {
  if (hold.account !== entry.from) throw bad(entry, "the hold is on another account");
  // Frozen units are claimed alone, and their hold goes on though none are left.
  const frozen = hold.kind === holdKinds.FREEZE;
  const named = scaledBy(entry, frozen ? hold.claimed : hold.units);
  const claimed = frozen ? named : scaled(hold.claimed, ratioOf(entry));
  const ends = claimed === 0n && !frozen;
  return { ...hold, units: frozen ? 0n : named, claimed, toSeq: ends ? entry.seq : null };
}

const bad = (entry: ChainEntry, detail: string): FoldError => new FoldError("BAD_PAYLOAD", entry.seq, detail);
