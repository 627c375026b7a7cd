import type { Holding, Keyed, Lot } from "@genbo/register/state";
import { grown } from "./grown.ts";
import { createHexTable, type HexTable } from "./hex-table.ts";

/**
 * Holdings of which few are touched at a time. The others rest as figures in arrays: a fraction of an object's memory,
 * nothing that the garbage collector has to walk, and no text to make and to take apart.
 */
export interface RestingHoldings extends Keyed<Holding> {
  /** What was touched rests again. */
  rest(): void;
  /** Notes that an account was asked for. @returns whether it never was before */
  ask(account: string): boolean;
  /** How many were asked for. */
  size(): number;
}

/** What `places` has of each account: where its figures begin, for how many lots there is room, its lots, its person. */
const [AT, ROOM, LOTS, PERSON, placeWidth] = [0, 1, 2, 3, 4];
/** Figures of a holding before its lots: its units and since when, what is encumbered. Then the lots with their days. */
const headFigures = 2;

/** @param persons gets those that hold */
export function createRestingHoldings(persons: HexTable): RestingHoldings {
  /** All that were asked for. Those without units have no lots. */
  const accounts = createHexTable(20);
  const touched = new Map<string, { place: number; holding: Holding | undefined }>();
  const figures = createFigures();
  let places = new Int32Array(16 * placeWidth);

  const wake = (account: string, place: number): Holding | undefined => {
    if (places[place + LOTS] === 0) return undefined;
    const at = places[place + AT]!;
    const end = at + headFigures + places[place + LOTS]!;
    const lots: Lot[] = [];
    for (let n = at + headFigures; n < end; n += 1)
      lots.push({ acquiredOn: figures.numberAt(n), units: figures.unitsAt(n) });
    const [units, encumbered, fromSeq] = [figures.unitsAt(at), figures.unitsAt(at + 1), figures.numberAt(at)];
    return { account, person: persons.at(places[place + PERSON]!), units, encumbered, lots, fromSeq };
  };
  const touch = (account: string, number: number) => {
    const place = number * placeWidth;
    places = grown(Int32Array, places, place + placeWidth);
    const made = { place, holding: wake(account, place) };
    touched.set(account, made);
    return made;
  };
  const put = (account: string, holding: Holding | undefined): void => {
    (touched.get(account) ?? touch(account, accounts.add(account))).holding = holding;
  };
  const keep = (place: number, holding: Holding | undefined): void => {
    const before = places[place + LOTS];
    places[place + LOTS] = holding?.lots.length ?? 0;
    if (holding === undefined) return;
    const { person, units, encumbered, fromSeq, lots } = holding;
    // A wallet never changes its person.
    if (before === 0) places[place + PERSON] = persons.add(person);
    if (places[place + ROOM]! < lots.length) {
      // What it had before is left: twice the room each time, so that never more than half is.
      places[place + ROOM] = lots.length * 2;
      places[place + AT] = figures.add(headFigures + lots.length * 2);
    }
    const at = places[place + AT]!;
    figures.set(at, units, fromSeq);
    figures.set(at + 1, encumbered, 0);
    for (let n = 0; n < lots.length; n += 1)
      figures.set(at + headFigures + n, lots[n]!.units, lots[n]!.acquiredOn);
  };
  return {
    get: (account) => {
      const found = touched.get(account);
      if (found !== undefined) return found.holding;
      const number = accounts.find(account);
      return number < 0 ? undefined : touch(account, number).holding;
    },
    set: put,
    delete: (account) => put(account, undefined),
    rest: () => {
      for (const { place, holding } of touched.values()) keep(place, holding);
      touched.clear();
    },
    ask: (account) => {
      const next = accounts.size();
      const number = accounts.add(account);
      if (!touched.has(account)) touch(account, number);
      return number === next;
    },
    size: accounts.size,
  };
}

/** Units (below 2^63) and a number beside each, in arrays that grow. */
function createFigures() {
  let units = new BigInt64Array(64);
  let numbers = new Float64Array(64);
  let end = 0;
  return {
    /** Room for so many. @returns where it begins */
    add: (count: number): number => {
      const at = end;
      end += count;
      units = grown(BigInt64Array, units, end);
      numbers = grown(Float64Array, numbers, end);
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
