import type { Keyed } from "@genbo/register/state";
import { grown } from "./grown.ts";
import type { HexTable } from "./hex-table.ts";

/** How many accounts with units each person has: none of those that were asked for and are not set. */
export interface PersonCounts extends Keyed<number> {
  /** Notes that a person was asked for. @returns whether they never were before */
  ask(person: string): boolean;
  wasAsked(person: string): boolean;
}

/** @param persons gets those that were asked for */
export function createPersonCounts(persons: HexTable): PersonCounts {
  /** By person: one more than the count, 0 while nobody has asked. */
  let counts = new Int32Array(16);
  const numberOf = (person: string): number => {
    const number = persons.add(person);
    counts = grown(Int32Array, counts, number + 1);
    return number;
  };
  const set = (person: string, count: number): void => {
    // By itself: it may put another array in the place of `counts`.
    const number = numberOf(person);
    counts[number] = count + 1;
  };
  const found = (person: string): number => counts[persons.find(person)] ?? 0;
  return {
    get: (person) => {
      const known = found(person);
      return known > 1 ? known - 1 : undefined;
    },
    set,
    delete: (person) => set(person, 0),
    ask: (person) => {
      const number = numberOf(person);
      if (counts[number]! > 0) return false;
      counts[number] = 1;
      return true;
    },
    wasAsked: (person) => found(person) > 0,
  };
}
