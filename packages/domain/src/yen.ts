import { maxUnits } from "./units.ts";

/** Yen are whole: Japan has no smaller coin, and every rule that divides says how it rounds. */
export const maxYen = maxUnits;
