import { maxUnits, parseUnits } from "./units.ts";

/** Yen are whole: Japan has no smaller coin, and every rule that divides says how it rounds. */
export const maxYen = maxUnits;
export const parseYen = parseUnits;

/** 1,453,000,000円, as a register book prints it. */
export const formatYen = (yen: bigint): string => `${yen.toLocaleString("ja-JP")}円`;
