import { basisCode } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMark } from "../trust-mark.ts";
import { markUnits } from "./calls.ts";
import type { CaseRules, Plan } from "./rules.ts";
import { accountIn, type Situation, trustPropertyMark } from "./situation.ts";

export interface TrustPropertyMarkFacts {
  account: string;
  /** How many of the account's units belong to the other trust from now on. */
  units: bigint;
  /** The other trust, as its trustee names it. */
  trust: string;
}

export interface TrustPropertyErasureFacts {
  account: string;
}

const marked = (situation: Situation, ref: string, account: string, units: bigint): Plan => ({
  calls: [
    markUnits(situation, {
      account,
      units,
      basis: basisCode("TRUST_PROPERTY_MARK"),
      ref,
      data: encodeMark("NONE"),
    }),
  ],
});

const markedNow = (situation: Situation, account: string): bigint =>
  trustPropertyMark(situation, account)?.units ?? 0n;

/**
 * Units that belong to another trust, entered on the request of its trustee, which is their holder (TA 206(2); CA
 * 695-2(2)). Only the entry makes it good against the trustee and third parties (TA 206(1); CA 695-2(1)).
 */
export const trustPropertyMarking: CaseRules<TrustPropertyMarkFacts> = {
  basis: "TRUST_PROPERTY_MARK",
  accounts: ({ account }) => [account],
  documents: () => [["TRUST_PROPERTY_REQUEST"]],
  faults: ({ account, units }, situation) => {
    const { record, units: held } = accountIn(situation, account);
    const faults: RefusalCode[] = [];
    if (record === null) faults.push("SENDER_NOT_REGISTERED");
    if (units > held) faults.push("INSUFFICIENT_UNITS");
    if (units === markedNow(situation, account)) faults.push("NOTHING_CHANGES");
    return faults;
  },
  plan: ({ ref, facts: { account, units } }, situation) => marked(situation, ref, account, units),
};

/** The mark ends: the units are their holder's own from now on, or another trust's, which is marked anew. */
export const trustPropertyErasure: CaseRules<TrustPropertyErasureFacts> = {
  basis: "TRUST_PROPERTY_MARK",
  accounts: ({ account }) => [account],
  documents: () => [["TRUST_PROPERTY_ERASURE_REQUEST"]],
  faults: ({ account }, situation) => (markedNow(situation, account) === 0n ? ["NOT_MARKED"] : []),
  plan: ({ ref, facts: { account } }, situation) => marked(situation, ref, account, 0n),
};
