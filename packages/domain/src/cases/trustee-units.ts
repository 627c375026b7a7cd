import { refOf } from "../ids.ts";
import { investorClasses } from "../investor-class.ts";
import { dayOf } from "../jst.ts";
import { basisCode, type LegalBasisName } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Capacity, encodeMark } from "../trust-mark.ts";
import { encodeMove } from "../words.ts";
import { enforce, markUnits, rejectRequests } from "./calls.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import {
  accountIn,
  capacityMark,
  dayFaults,
  reachFaults,
  receiverFaults,
  requestsInTheWay,
  type Situation,
} from "./situation.ts";

export interface TrusteeAcquisitionFacts {
  from: string;
  /** An account of the trustee (of the issuer, of a bond). */
  to: string;
  units: bigint;
  /** To which property they belong from now on; a bond issuer has one property only. */
  capacity: Exclude<Capacity, "NONE">;
  acquiredOn: string;
}

export interface TrusteeDisposalFacts {
  /** An account of the trustee (of the issuer, of a bond). */
  from: string;
  to: string;
  units: bigint;
  disposedOn: string;
}

type Facts = TrusteeAcquisitionFacts | TrusteeDisposalFacts;

const isTrustees = (situation: Situation, address: string): boolean =>
  ((accountIn(situation, address).record?.classBits ?? 0) & investorClasses.ISSUER_TRUSTEE) !== 0;

const acts = (
  basis: LegalBasisName,
  documents: readonly DocumentKind[],
  side: "from" | "to",
  dayIn: (facts: Facts) => string,
) => ({
  basis,
  accounts: ({ from, to }: Facts) => [from, to],
  documents: () => [documents],
  faults: (facts: Facts, situation: Situation): RefusalCode[] => {
    const { from, to, units } = facts;
    const faults = [...receiverFaults(situation, to), ...reachFaults(situation, from, units)];
    if (from === to) faults.push("SAME_ACCOUNT");
    if (!isTrustees(situation, facts[side])) faults.push("NOT_THE_TRUSTEES_ACCOUNT");
    faults.push(...dayFaults(situation, dayIn(facts)));
    const mark = capacityMark(situation, facts[side]);
    // 分別管理: units of one property in one account.
    if ("capacity" in facts && mark !== undefined && mark.capacity !== facts.capacity)
      faults.push("CAPACITY_MIXED");
    if (side === "from" && (mark?.units ?? 0n) < units) faults.push("NOT_MARKED");
    return faults;
  },
});

/** The move, and beside it the mark of what the trustee's account has in its capacity afterwards. */
function planOf(
  { id, ref, facts }: { id: string; ref: string; facts: Facts },
  situation: Situation,
  mark: { basis: LegalBasisName; account: string; units: bigint; capacity: Capacity },
) {
  const { from, to, units } = facts;
  const requests = requestsInTheWay(situation, from, units);
  const acquiredOn = dayOf("acquiredOn" in facts ? facts.acquiredOn : facts.disposedOn);
  const basis = basisCode(mark.basis);
  const move = { from, to, units, basis, ref, data: encodeMove({ acquiredOn }), breaks: [] };
  const marking = { ...mark, basis, data: encodeMark(mark.capacity), ref: refOf(id, 1) };
  return {
    calls: [
      ...rejectRequests(situation, requests),
      enforce(situation, [move]),
      markUnits(situation, marking),
    ],
    result: { marked: String(mark.units), capacity: mark.capacity },
  };
}

/**
 * The trustee takes units that do not end by it: it enters them without request (TA 197(1)(i); CA 690(1)(i)) and says
 * to which property they belong (TAR 20).
 */
export const trusteeAcquisition: CaseRules<TrusteeAcquisitionFacts> = {
  ...acts(
    "TRUSTEE_ACQUIRED",
    ["ACQUISITION_AGREEMENT"],
    "to",
    (facts) => (facts as TrusteeAcquisitionFacts).acquiredOn,
  ),
  plan: (of, situation) => {
    const { to: account, units, capacity } = of.facts;
    const standing = capacityMark(situation, account)?.units ?? 0n;
    return planOf(of, situation, { basis: "TRUSTEE_ACQUIRED", account, units: standing + units, capacity });
  },
};

/** The trustee gives such units away: it enters the acquirer without request (TA 197(1)(ii); CA 690(1)(ii)). */
export const trusteeDisposal: CaseRules<TrusteeDisposalFacts> = {
  ...acts(
    "TRUSTEE_DISPOSED",
    ["DISPOSAL_AGREEMENT"],
    "from",
    (facts) => (facts as TrusteeDisposalFacts).disposedOn,
  ),
  plan: (of, situation) => {
    const { from: account, units } = of.facts;
    const { units: standing, capacity } = capacityMark(situation, account)!;
    return planOf(of, situation, { basis: "TRUSTEE_DISPOSED", account, units: standing - units, capacity });
  },
};
