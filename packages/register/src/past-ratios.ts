import type { Ratio } from "@genbo/domain/ratios";
import { decodeRatio, type Word, zeroAddress } from "@genbo/domain/words";

/** What the lines of a consolidation or split say of it. */
export interface RatioLine {
  seq: number;
  from: string;
  to: string;
  data: Word;
}

/** A consolidation or split that an issue went through, account by account (ADR 0019). */
export interface PastRatio extends Ratio {
  /** By which entry each account was carried that had units. */
  carried: Map<string, number>;
  /** Its last entry, with which all other accounts count in new units; null while it goes on. */
  ended: number | null;
}

/**
 * The ratios of an issue.
 * @param lines in order: those of the issue as a whole, and those of the accounts that will be asked for
 */
export function pastRatios(lines: Iterable<RatioLine>): PastRatio[] {
  const ratios: PastRatio[] = [];
  for (const { seq, from, to, data } of lines) {
    const last = ratios.at(-1);
    const open = last?.ended === null ? last : undefined;
    if (from !== zeroAddress) {
      if (to === from) open?.carried.set(from, seq);
    } else if (open === undefined) {
      const { n, d } = decodeRatio(data);
      ratios.push({ n, d, carried: new Map(), ended: null });
    } else open.ended = seq;
  }
  return ratios;
}

/** The ratios by which an account's units of after entry `seq` have become those of before entry `until`. */
export const ratiosBetween = (
  ratios: readonly PastRatio[],
  account: string,
  seq: number,
  until: number,
): PastRatio[] =>
  ratios.filter(({ carried, ended }) => {
    const at = carried.get(account) ?? ended ?? Number.POSITIVE_INFINITY;
    return at > seq && at < until;
  });
