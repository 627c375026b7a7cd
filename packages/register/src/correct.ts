import { apply, stepOf } from "./fold.ts";
import { FoldError } from "./fold-error.ts";
import type { Correction } from "./rectification.ts";
import type { ChainEntry, IssueState } from "./state.ts";
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
      apply(state, stepOf(freed(state, each.entry), each.entry, personOf));
      made.push(each);
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      impossible.push(each);
    }
  }
  return { made, impossible };
}

/** No hold encumbers what the account, as is known now, did not have: a correction takes units out of any hold. */
function freed(state: IssueState, { from, units }: ChainEntry): IssueState {
  const holding = state.holdings.get(from);
  if (holding === undefined || holding.units < units) return state;
  const encumbered = holding.units - units;
  if (holding.encumbered <= encumbered) return state;
  return { ...state, holdings: new Map(state.holdings).set(from, { ...holding, encumbered }) };
}
