import type { Day } from "@genbo/domain/jst";
import type { Lot } from "./state.ts";

export const sumLots = (lots: readonly Lot[]): bigint => lots.reduce((sum, lot) => sum + lot.units, 0n);

export interface LotsTaken {
  taken: Lot[];
  left: Lot[];
  /** Units that the named lot lacked and that the oldest others gave. */
  shortfall: bigint;
}

/**
 * Takes `units` out of lots, first in first out, or first from the lot of day `named` (0 = none named).
 * The contract knows no lots, so it may execute a request whose lot was used up meanwhile. The register must follow
 * the chain: the oldest other lots give the rest, and `shortfall` says how much.
 * The caller has checked that the lots sum to at least `units`.
 */
export function takeLots(lots: readonly Lot[], units: bigint, named: Day): LotsTaken {
  const found = named === 0 ? undefined : lots.find((lot) => lot.acquiredOn === named);
  if (found === undefined) {
    return { ...takeOldest(lots, units), shortfall: named === 0 ? 0n : units };
  }
  const fromNamed = found.units < units ? found.units : units;
  const others = takeOldest(
    lots.filter((lot) => lot !== found),
    units - fromNamed,
  );
  const rest = { acquiredOn: named, units: found.units - fromNamed };
  return {
    taken: mergeLots(others.taken, [{ acquiredOn: named, units: fromNamed }]),
    left: rest.units > 0n ? mergeLots(others.left, [rest]) : others.left,
    shortfall: units - fromNamed,
  };
}

/** Lots of both sides, oldest first, those of one date as one lot. */
export function mergeLots(a: readonly Lot[], b: readonly Lot[]): Lot[] {
  const merged: Lot[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (right === undefined || (left !== undefined && left.acquiredOn < right.acquiredOn)) {
      merged.push(left!);
      i++;
    } else if (left === undefined || right.acquiredOn < left.acquiredOn) {
      merged.push(right);
      j++;
    } else {
      merged.push({ acquiredOn: left.acquiredOn, units: left.units + right.units });
      i++;
      j++;
    }
  }
  return merged;
}

function takeOldest(lots: readonly Lot[], units: bigint): { taken: Lot[]; left: Lot[] } {
  const taken: Lot[] = [];
  let wanted = units;
  for (const [index, lot] of lots.entries()) {
    if (wanted === 0n) return { taken, left: lots.slice(index) };
    if (lot.units > wanted) {
      taken.push({ acquiredOn: lot.acquiredOn, units: wanted });
      return {
        taken,
        left: [{ acquiredOn: lot.acquiredOn, units: lot.units - wanted }, ...lots.slice(index + 1)],
      };
    }
    taken.push(lot);
    wanted -= lot.units;
  }
  return { taken, left: [] };
}
