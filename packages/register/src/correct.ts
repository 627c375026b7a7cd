import { apply, stepOf } from "./fold.ts";
import { FoldError } from "./fold-error.ts";
import type { PastRatio } from "./past-ratios.ts";
import type { Correction, Reaching } from "./rectification.ts";
import { copyState, type IssueState } from "./state.ts";
import type { PersonOf } from "./step.ts";
import { type AsThen, asThen, partsOf } from "./units-then.ts";

export interface Corrected {
  made: Correction[];
  /** What cannot be true of that state, for instance because the units stood elsewhere then. */
  impossible: Correction[];
}

/**
 * Brings a past state to what is known of it now, by the fold that made it. One that cannot be true of it is left out.
 * @param state moves on; must hold what the corrections touch (`touchedBy`)
 * @param ratios of the issue, with the lines of the accounts that the corrections touch
 */
export function correct(
  state: IssueState,
  corrections: readonly Reaching[],
  personOf: PersonOf,
  ratios: readonly PastRatio[],
): Corrected {
  const made: Correction[] = [];
  const impossible: Correction[] = [];
  const { seq } = state;
  for (const each of corrections) {
    try {
      enterThen(state, asThen(seq, each, ratios), personOf);
      made.push(each);
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      impossible.push(each);
    }
  }
  return { made, impossible };
}

/**
 * Enters what a correction moves into the past state that it has effect on; a refused one leaves that as it was.
 * @returns units that the named lot lacked
 */
export function enterThen(state: IssueState, then: AsThen, personOf: PersonOf): bigint {
  const { entry, received } = then;
  if (received === entry.units) {
    const done = stepOf(freed(state, then), entry, personOf);
    apply(state, done);
    return done.effect.lotShortfall;
  }
  const between = copyState(freed(state, then));
  const [taking, giving] = partsOf(then);
  const taken = stepOf(between, taking, personOf);
  apply(between, taken);
  for (const each of giving(taken.effect.lots)) apply(between, stepOf(between, each, personOf));
  Object.assign(state, between);
  return taken.effect.lotShortfall;
}

/** No hold encumbers what the account, as is known now, did not have: a correction takes units out of any hold. */
function freed(state: IssueState, { entry: { from, units } }: AsThen): IssueState {
  const holding = state.holdings.get(from);
  if (holding === undefined || holding.units < units) return state;
  const encumbered = holding.units - units;
  if (holding.encumbered <= encumbered) return state;
  return { ...state, holdings: new Map(state.holdings).set(from, { ...holding, encumbered }) };
}
