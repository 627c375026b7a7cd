import { entryKinds } from "../entry-kinds.ts";
import type { Day } from "../jst.ts";
import { basisCode } from "../legal-basis.ts";
import type { Ratio } from "../ratios.ts";

/** Units with one day of acquisition. */
export interface DatedUnits {
  acquiredOn: Day;
  units: bigint;
}

/** The entry that a case corrects. */
export interface CorrectedEntry {
  seq: number;
  kind: number;
  basis: number;
  units: bigint;
  from: string | null;
  to: string | null;
  /** The day of the lot that it made; null where lots kept their days. */
  acquiredOn: Day | null;
  tradeDate: Day | null;
  settlementDate: Day | null;
  /** Whether it issued units, or corrects an entry that did. */
  ofIssue: boolean;
  /** What it took from the sender, or made at an issue; oldest first. */
  lots: readonly DatedUnits[];
  /** Consolidations and splits that its receiver's account went through since, oldest first. */
  ratios: readonly Ratio[];
  /** What corrects it already. */
  correctedBy: readonly { seq: number; kind: number }[];
}

export const rectification = basisCode("RECTIFICATION");

const movesTitle: readonly number[] = [
  entryKinds.ISSUE,
  entryKinds.TRANSFER,
  entryKinds.FORCED_TRANSFER,
  entryKinds.HOLD_EXECUTED,
];

/** Whether an entry gave units to its receiver, so that it can have given them wrongly. */
export const gaveUnits = ({ kind }: CorrectedEntry): boolean => movesTitle.includes(kind);
