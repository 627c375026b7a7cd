import { decodeRatio, type RatioData, scaled, type Word } from "./words.ts";

/** The lines that begin and end consolidations and splits of a whole issue, in their order. */
export type RatioLines = readonly { seq: number; data: Word }[];

/**
 * Where the approved units of an issue change, as the contract's cap does: a split makes room before it begins to
 * carry accounts, a consolidation takes it away after the last one.
 */
export function turnsOf(lines: RatioLines): (RatioData & { seq: number })[] {
  return lines.flatMap(({ seq, data }, place) => {
    const ratio = decodeRatio(data);
    const begins = place % 2 === 0;
    return ratio.n > ratio.d === begins ? [{ ...ratio, seq }] : [];
  });
}

/** What the trustee approved at the issue, in the units of now. */
export const approvedUnits = (atIssue: bigint, lines: RatioLines): bigint =>
  turnsOf(lines).reduce(scaled, atIssue);
