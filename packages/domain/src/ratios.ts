import type { RatioData } from "./words.ts";

/** A consolidation or split: `n` new units in the place of `d` old ones. */
export type Ratio = Pick<RatioData, "n" | "d">;

/** What units become by one ratio after another; null where one of them would leave a part of a unit. */
export function scaledWhole(units: bigint, ratios: readonly Ratio[]): bigint | null {
  let now = units;
  for (const { n, d } of ratios) {
    if ((now * n) % d !== 0n) return null;
    now = (now * n) / d;
  }
  return now;
}

/** The same where a part of a unit counts as a whole one. */
export const scaledUp = (units: bigint, ratios: readonly Ratio[]): bigint =>
  ratios.reduce((now, { n, d }) => (now * n + d - 1n) / d, units);

/** The way back: from units of after these ratios to units of before. */
export const undone = (ratios: readonly Ratio[]): Ratio[] =>
  ratios.map(({ n, d }) => ({ n: d, d: n })).reverse();
