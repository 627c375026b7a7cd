import { actRefusals } from "./refusals/acts.ts";
import { caseRefusals } from "./refusals/cases.ts";
import { moveRefusals } from "./refusals/moves.ts";
import type { RefusalRow } from "./refusals/row.ts";
import { settlementRefusals } from "./refusals/settlements.ts";

/**
 * Every reason for which the platform says no, in one table: the contracts' codes (below 100, ERC-1404 numbers)
 * and the register's own (from 100). API problems, Rejected events and reverts are all named from here.
 */
export interface Refusal {
  /** The contracts' number. */
  number: number;
  /** The stable name that clients branch on. */
  code: RefusalCode;
  /** Custom errors of the contracts that mean this; all others revert with Refused(number). */
  errors: readonly string[];
  en: string;
  ja: string;
  /** What to do about it. */
  fix: string;
  /** The same call may succeed later though nobody changes it. */
  retryable: boolean;
}

const table = { ...moveRefusals, ...actRefusals, ...caseRefusals, ...settlementRefusals };

export type RefusalCode = keyof typeof table;

const refusalFrom = (
  code: RefusalCode,
  [number, en, ja, fix, errors = [], retryable = false]: RefusalRow,
): Refusal => ({ number, code, errors, en, ja, fix, retryable });

/** Every refusal, by its number. */
export const refusals: readonly Refusal[] = (Object.entries(table) as [RefusalCode, RefusalRow][])
  .map(([code, row]) => refusalFrom(code, row))
  .sort((a, b) => a.number - b.number);

const byNumber = new Map(refusals.map((refusal) => [refusal.number, refusal]));
const byError = new Map(
  refusals.flatMap((refusal) => refusal.errors.map((error) => [error, refusal] as const)),
);
const byCode = new Map(refusals.map((refusal) => [refusal.code, refusal]));

/** The refusal of a contract's code; REVERTED for a number that the table does not know. */
export const refusalOf = (number: number): Refusal => byNumber.get(number) ?? refusal("REVERTED");

/** The refusal that a custom error of the contracts means (other than `Refused`), if any. */
export const refusalOfError = (error: string): Refusal | undefined => byError.get(error);

export const refusal = (code: RefusalCode): Refusal => byCode.get(code)!;
