import { recordFlags } from "../investor-class.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMove } from "../words.ts";
import type { DocumentKind } from "./kinds.ts";
import { passingFaults, passUnits, type Successor } from "./passing.ts";
import type { CaseRules } from "./rules.ts";
import {
  accountIn,
  receiverFaults,
  servedFaults,
  successionDates,
  successionDayFaults,
} from "./situation.ts";

export interface SuccessionFacts {
  /** The deceased's account. */
  account: string;
  diedOn: string;
  /** With the holds whose units are among an heir's, where the division says it; others are divided alike. */
  heirs: Successor[];
}

/**
 * Inheritance: the heirs ask alone (TAR 21(2)(iii)), with the family register and what says how they
 * divide; a share beyond the statutory one needs the will or the division (TA 95-2). First the deceased's
 * accounts are marked, then all units of the account go over, in one step, with what rests on them.
 */
export const succession: CaseRules<SuccessionFacts> = {
  basis: "GENERAL_SUCCESSION",
  accounts: ({ account, heirs }) => [account, ...heirs.map((heir) => heir.account)],
  rewrites: true,
  documents: ({ heirs }) => {
    const division: DocumentKind[] = ["DIVISION_AGREEMENT", "WILL"];
    // Who the heirs are does not say who of them takes what rests on the units.
    const agreed = heirs.some(({ holds = [] }) => holds.length > 0);
    return [["FAMILY_REGISTER"], agreed ? division : [...division, "INHERITANCE_STATEMENT"]];
  },
  proven: ({ heirs }) => heirs.map((heir) => heir.account),
  faults: ({ account, diedOn, heirs }, situation) => {
    const faults: RefusalCode[] = [];
    const { record, units } = accountIn(situation, account);
    if (record === null) faults.push("SENDER_NOT_REGISTERED");
    if (units === 0n) faults.push("INSUFFICIENT_UNITS");
    if (heirs.reduce((sum, heir) => sum + heir.units, 0n) !== units) faults.push("SHARES_DO_NOT_ADD_UP");
    if (new Set(heirs.map((heir) => heir.account)).size < heirs.length) faults.push("HEIR_TWICE");
    faults.push(...passingFaults(situation, account, heirs), ...servedFaults(situation, account, units));
    faults.push(...successionDayFaults(situation, diedOn));
    for (const heir of heirs) {
      faults.push(...receiverFaults(situation, heir.account));
      if (accountIn(situation, heir.account).record?.personId === record?.personId)
        faults.push("SAME_ACCOUNT");
    }
    return [...new Set(faults)];
  },
  plan: ({ id, ref, facts: { account, diedOn, heirs } }, situation) => {
    const { personId } = accountIn(situation, account).record!;
    const data = encodeMove(successionDates(situation, diedOn));
    const pass = passUnits(situation, { id, ref, account, successors: heirs, data });
    return {
      calls: [pass],
      flags: { personId, raise: recordFlags.DECEASED },
    };
  },
};
