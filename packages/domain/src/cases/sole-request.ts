import { dayOf, dayOrNone, jstDay } from "../jst.ts";
import { basisCode, type LegalBasisName } from "../legal-basis.ts";
import { encodeMove } from "../words.ts";
import { enforce, rejectRequests } from "./calls.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import { reachFaults, receiverFaults, requestsInTheWay, type Situation } from "./situation.ts";

export interface SoleRequestFacts {
  from: string;
  to: string;
  units: bigint;
  /** The day on which the title became final. */
  finalOn: string;
  /** The past day from whose beginning the units were the acquirer's, where the title itself says so. */
  effectiveOn?: string | undefined;
}

/**
 * An acquirer who asks alone, on a title that replaces the holder's consent. Holds of third parties stay. Against the
 * trustee and third parties it is good from its entry (TA 195; CA 688); between the parties the title may say since when.
 */
const soleRequest = (
  basis: LegalBasisName,
  documents: readonly (readonly DocumentKind[])[],
): CaseRules<SoleRequestFacts> => ({
  basis,
  accounts: ({ from, to }) => [from, to],
  documents: () => documents,
  effectiveOn: ({ effectiveOn }) => effectiveOn ?? null,
  faults: ({ from, to, units, finalOn, effectiveOn }, situation) => {
    const faults = [...receiverFaults(situation, to), ...reachFaults(situation, from, units)];
    if (from === to) faults.push("SAME_ACCOUNT");
    if (dayOf(finalOn) > jstDay(situation.now)) faults.push("NOT_EFFECTIVE_YET");
    if (effectiveOn !== undefined && !isWithin(effectiveOn, finalOn, situation))
      faults.push("EFFECT_DAY_WRONG");
    return faults;
  },
  plan: ({ ref, facts: { from, to, units, effectiveOn } }, situation) => {
    const requests = requestsInTheWay(situation, from, units);
    const data = encodeMove({ acquiredOn: dayOrNone(effectiveOn) });
    const move = { from, to, units, basis: basisCode(basis), ref, data, breaks: [] };
    return {
      calls: [...rejectRequests(situation, requests), enforce(situation, [move])],
      result: { rejectedRequests: requests.map(({ id }) => id) },
    };
  },
});

/** Not before the register began, and not after the title became final. */
const isWithin = (effectiveOn: string, finalOn: string, { firstDay = 0 }: Situation): boolean =>
  dayOf(effectiveOn) > firstDay && effectiveOn <= finalOn;

/** A final judgment (TAR 21(2)(i); CAR 168(1)(i)). */
export const judgment = soleRequest("JUDGMENT", [["JUDGMENT"], ["FINALITY_CERTIFICATE"]]);

/** What has the same effect, such as the record of a settlement (TAR 21(2)(ii)). */
export const equivalentInstrument = soleRequest("EQUIVALENT_INSTRUMENT", [["SETTLEMENT_RECORD"]]);
