import { apply, stepOf } from "./fold.ts";
import { FoldError } from "./fold-error.ts";
import type { Correction } from "./rectification.ts";
import type { IssueState } from "./state.ts";
import type { PersonOf } from "./step.ts";

export interface Corrected {
  made: Correction[];
  /** What cannot be true of that state, for instance because the units stood elsewhere then. */
  impossible: Correction[];
}

/**
 * Brings a past state to what is known of it now, by the fold that made it. One that cannot be true of it is left out.
 * @param state moves on; must hold what the corrections touch (`touchedBy`)
 */
export function correct(
  state: IssueState,
  corrections: readonly Correction[],
  personOf: PersonOf,
): Corrected {
  const made: Correction[] = [];
  const impossible: Correction[] = [];
  for (const each of corrections) {
    try {
      apply(state, stepOf(state, each.entry, personOf));
      made.push(each);
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      impossible.push(each);
    }
  }
  return { made, impossible };
}
