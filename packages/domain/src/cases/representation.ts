import { dayOf, jstDay } from "../jst.ts";
import type { RefusalCode } from "../refusals.ts";
import {
  type CoOwnership,
  type Representative,
  type RepresentativeRole,
  type Represented,
  representationFaults,
} from "../representation.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, type Situation } from "./situation.ts";

export interface RepresentationFacts {
  /** Any account of the person. */
  account: string;
  effectiveOn: string;
  /** All who represent the person from then on, those who go on among them. */
  representatives: readonly Representative[];
}

export interface CoOwnershipFacts extends CoOwnership {
  /** Any account of the group. */
  account: string;
  effectiveOn: string;
}

type Facts = RepresentationFacts | CoOwnershipFacts;

const papers: Record<RepresentativeRole, DocumentKind> = {
  PARENT: "FAMILY_REGISTER",
  MINORS_GUARDIAN: "GUARDIANSHIP_CERTIFICATE",
  ADULT_GUARDIAN: "GUARDIANSHIP_CERTIFICATE",
  CURATOR: "GUARDIANSHIP_CERTIFICATE",
  ASSISTANT: "GUARDIANSHIP_CERTIFICATE",
  STANDING_PROXY: "PROXY_APPOINTMENT",
};

const about = <F extends Facts>(
  documents: CaseRules<F>["documents"],
  changed: (facts: F, before: Represented) => Represented,
  own: (facts: F, before: Represented) => RefusalCode[],
): CaseRules<F> => ({
  basis: "PARTICULARS_CHANGE",
  accounts: ({ account }) => [account],
  rewrites: true,
  personal: ({ account, effectiveOn }) => ({ account, effectiveOn }),
  documents,
  faults: (facts, situation) => {
    const before = personIn(situation, facts.account);
    if (before === undefined) return ["SENDER_NOT_REGISTERED"];
    const faults = [...own(facts, before), ...representationFaults(changed(facts, before))];
    if (dayOf(facts.effectiveOn) > jstDay(situation.now)) faults.push("NOT_EFFECTIVE_YET");
    return faults;
  },
  plan: ({ facts }, situation) => {
    const before = personIn(situation, facts.account)!;
    const { personId } = accountIn(situation, facts.account).record!;
    const value = changed(facts, before);
    return { calls: [], particulars: { personId, effectiveOn: facts.effectiveOn, value } };
  },
});

const personIn = (situation: Situation, account: string): Represented | undefined =>
  accountIn(situation, account).record === null ? undefined : (situation.person ?? undefined);

const named: CaseRules<RepresentationFacts> = about(
  ({ representatives }) =>
    representatives.length === 0
      ? [["REPRESENTATION_END"]]
      : [...new Set(representatives.map(({ role }) => papers[role]))].map((paper) => [paper]),
  ({ representatives }, before) => ({ ...before, representatives }),
  () => [],
);

/** Legal representatives of minors, guardians of adults, standing proxies of non-residents: named, changed, ended. */
export const representation: CaseRules<RepresentationFacts> = {
  ...named,
  deadlines: ({ representatives }) =>
    representatives.flatMap(({ until }) =>
      until === undefined ? [] : [{ name: "REPRESENTATION_END" as const, article: "-", due: until }],
    ),
};

/**
 * The members of a group that owns units together, their shares, and whom they name to exercise their rights (TA 193; CA
 * 686) and to receive notices (TA 191(3); CA 685(3)).
 */
export const coOwnership: CaseRules<CoOwnershipFacts> = about(
  () => [["CO_OWNERS_NOTICE"]],
  ({ members, representative, noticeReceiver }, before) => ({
    ...before,
    coOwners: { members, representative, noticeReceiver },
  }),
  (_, { kind }) => (kind === "co-owners" ? [] : ["NOT_A_GROUP"]),
);
