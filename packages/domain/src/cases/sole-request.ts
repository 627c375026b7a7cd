import { dayOfIso, jstDay } from "../jst.ts";
import { basisCode, type LegalBasisName } from "../legal-basis.ts";
import { encodeMove } from "../words.ts";
import { enforce, rejectRequests } from "./calls.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import { reachFaults, receiverFaults, requestsInTheWay } from "./situation.ts";

export interface SoleRequestFacts {
  from: string;
  to: string;
  units: bigint;
  /** The day on which the title became final. */
  finalOn: string;
}

/** An acquirer who asks alone, on a title that replaces the holder's consent. Holds of third parties stay. */
const soleRequest = (
  basis: LegalBasisName,
  documents: readonly (readonly DocumentKind[])[],
): CaseRules<SoleRequestFacts> => ({
  basis,
  accounts: ({ from, to }) => [from, to],
  documents: () => documents,
  faults: ({ from, to, units, finalOn }, situation) => {
    const faults = [...receiverFaults(situation, to), ...reachFaults(situation, from, units)];
    if (from === to) faults.push("SAME_ACCOUNT");
    if (dayOfIso(finalOn)! > jstDay(situation.now)) faults.push("NOT_EFFECTIVE_YET");
    return faults;
  },
  plan: ({ ref, facts: { from, to, units } }, situation) => {
    const requests = requestsInTheWay(situation, from, units);
    const move = { from, to, units, basis: basisCode(basis), ref, data: encodeMove({}), breaks: [] };
    return {
      calls: [...rejectRequests(situation, requests), enforce(situation, [move])],
      result: { rejectedRequests: requests.map(({ id }) => id) },
    };
  },
});

/** A final judgment (TAR 21(2)(i); CAR 168(1)(i)). */
export const judgment = soleRequest("JUDGMENT", [["JUDGMENT"], ["FINALITY_CERTIFICATE"]]);

/** What has the same effect, such as the record of a settlement (TAR 21(2)(ii)). */
export const equivalentInstrument = soleRequest("EQUIVALENT_INSTRUMENT", [["SETTLEMENT_RECORD"]]);
