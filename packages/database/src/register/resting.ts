import type { Holding, Holdings, Lot } from "@genbo/register/state";

/**
 * Holdings of which few are touched at a time. The others rest as figures in two arrays: a fraction of an object's
 * memory, nothing that the garbage collector has to walk, and no text to make and to take apart.
 */
export interface RestingHoldings extends Holdings {
  /** What was touched rests again. */
  rest(): void;
  /** Notes that an account was asked for. @returns whether it never was before */
  ask(account: string): boolean;
  /** How many were asked for. */
  size(): number;
}

/** An account's figures: its units and since when, what is encumbered, then its lots with their days. */
interface Place {
  person: string;
  at: number;
  /** Lots that there is room for. */
  room: number;
  lots: number;
}

/** Figures of a holding before its lots. */
const headFigures = 2;

export function createRestingHoldings(): RestingHoldings {
  /** Of every account that was asked for; null where it has no units. */
  const places = new Map<string, Place | null>();
  const touched = new Map<string, Holding>();
  const figures = createFigures();

  const keep = ({ account, person, units, encumbered, fromSeq, lots }: Holding): void => {
    let place = places.get(account) ?? null;
    if (place === null || place.room < lots.length) {
      // What it had before is left: twice the room each time, so that never more than half is.
      const room = lots.length * 2;
      place = { person, at: figures.add(headFigures + room), room, lots: 0 };
      places.set(account, place);
    }
    place.person = person;
    place.lots = lots.length;
    figures.set(place.at, units, fromSeq);
    figures.set(place.at + 1, encumbered, 0);
    for (let n = 0; n < lots.length; n += 1)
      figures.set(place.at + headFigures + n, lots[n]!.units, lots[n]!.acquiredOn);
  };
  const wake = (account: string, { person, at, lots: count }: Place): Holding => {
    const lots: Lot[] = [];
    for (let n = at + headFigures; n < at + headFigures + count; n += 1)
      lots.push({ acquiredOn: figures.numberAt(n), units: figures.unitsAt(n) });
    const [units, encumbered, fromSeq] = [figures.unitsAt(at), figures.unitsAt(at + 1), figures.numberAt(at)];
    return { account, person, units, encumbered, lots, fromSeq };
  };
  return {
    get: (account) => {
      const found = touched.get(account);
      const place = found === undefined ? places.get(account) : undefined;
      if (!place) return found;
      const holding = wake(account, place);
      touched.set(account, holding);
      return holding;
    },
    set: (account, holding) => touched.set(account, holding),
    delete: (account) => {
      touched.delete(account);
      places.set(account, null);
    },
    rest: () => {
      for (const holding of touched.values()) keep(holding);
      touched.clear();
    },
    ask: (account) => {
      const isNew = !places.has(account);
      if (isNew) places.set(account, null);
      return isNew;
    },
    size: () => places.size,
  };
}

/** Units (below 2^63) and a number beside each, in arrays that grow. */
function createFigures() {
  let units = new BigInt64Array(256);
  let numbers = new Float64Array(256);
  let end = 0;
  return {
    /** Room for so many. @returns where it begins */
    add: (count: number): number => {
      const at = end;
      end += count;
      if (end > units.length) {
        const [moreUnits, moreNumbers] = [new BigInt64Array(end * 2), new Float64Array(end * 2)];
        moreUnits.set(units);
        moreNumbers.set(numbers);
        [units, numbers] = [moreUnits, moreNumbers];
      }
      return at;
    },
    set: (at: number, unitsThere: bigint, number: number): void => {
      units[at] = unitsThere;
      numbers[at] = number;
    },
    unitsAt: (at: number): bigint => units[at]!,
    numberAt: (at: number): number => numbers[at]!,
  };
}
