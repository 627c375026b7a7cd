import { basisCode } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMove } from "../words.ts";
import { enforce } from "./calls.ts";
import { passingFaults, passUnits } from "./passing.ts";
import type { CaseRules } from "./rules.ts";
import {
  accountIn,
  holdsOn,
  receiverFaults,
  type Situation,
  servedFaults,
  successionDates,
  successionDayFaults,
} from "./situation.ts";

export interface CorporateSuccessionFacts {
  from: string;
  to: string;
  units: bigint;
  /** A merger takes everything, a company split what its plan says. */
  form: "MERGER" | "COMPANY_SPLIT";
  effectiveOn: string;
}

/**
 * A company that takes over another's rights as a whole, by merger or company split, asks alone with the commercial
 * register's certificate (TAR 21(2)(iii); CAR 168(1)(iii)).
 */
export const corporateSuccession: CaseRules<CorporateSuccessionFacts> = {
  basis: "GENERAL_SUCCESSION",
  accounts: ({ from, to }) => [from, to],
  documents: ({ form }) =>
    form === "MERGER" ? [["COMPANY_REGISTER"]] : [["COMPANY_REGISTER"], ["COMPANY_SPLIT_PLAN"]],
  faults: (facts, situation) => {
    const { from, to, units, form, effectiveOn } = facts;
    const faults = receiverFaults(situation, to);
    const { record, units: held } = accountIn(situation, from);
    if (record === null) faults.push("SENDER_NOT_REGISTERED");
    if (from === to || record?.personId === accountIn(situation, to).record?.personId)
      faults.push("SAME_ACCOUNT");
    if (units > held) faults.push("INSUFFICIENT_UNITS");
    else if (form === "MERGER" && units !== held) faults.push("SHARES_DO_NOT_ADD_UP");
    faults.push(...restFaults(facts, situation));
    faults.push(...servedFaults(situation, from, units));
    return [...faults, ...successionDayFaults(situation, effectiveOn)];
  },
  plan: ({ id, ref, facts: { from, to, units, effectiveOn } }, situation) => {
    const data = encodeMove(successionDates(situation, effectiveOn));
    if (units === accountIn(situation, from).units) {
      const successors = [{ account: to, units }];
      return { calls: [passUnits(situation, { id, ref, account: from, successors, data })] };
    }
    const move = { from, to, units, ref, data, breaks: [], basis: basisCode("GENERAL_SUCCESSION") };
    return { calls: [enforce(situation, [move])] };
  },
};

/** What rests on the units goes with all of them; a split of some takes those that nothing rests on. */
function restFaults({ from, to, units }: CorporateSuccessionFacts, situation: Situation): RefusalCode[] {
  const { units: held, free } = accountIn(situation, from);
  if (units === held) return passingFaults(situation, from, [{ account: to, units }]);
  return holdsOn(situation, from).length > 0 && units > free ? ["HOLDS_STAND"] : [];
}
