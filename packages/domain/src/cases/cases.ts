import type { RefusalCode } from "../refusals.ts";
import { type AttachmentFacts, attachment } from "./attachment.ts";
import { type AttachmentReleaseFacts, attachmentRelease } from "./attachment-release.ts";
import { type AuctionFacts, auction } from "./auction.ts";
import { type CorporateSuccessionFacts, corporateSuccession } from "./corporate-succession.ts";
import { type DatesRectificationFacts, datesRectification } from "./dates-rectification.ts";
import { type FreezeFacts, freeze, unfreeze } from "./freeze.ts";
import { type JudgmentReleaseFacts, judgmentRelease } from "./judgment-release.ts";
import type { CaseDocument, CaseKind } from "./kinds.ts";
import { type LockupFacts, lockup } from "./lockup.ts";
import { lockupRelease } from "./lockup-release.ts";
import { type ParticularsRectificationFacts, particularsRectification } from "./particulars-rectification.ts";
import { type PledgeFacts, pledge } from "./pledge.ts";
import { type PledgeChangeFacts, pledgeChange } from "./pledge-change.ts";
import { pledgeRelease } from "./pledge-release.ts";
import { type RecoveryFacts, recovery } from "./recovery.ts";
import type { ReleaseFacts } from "./release.ts";
import {
  type CoOwnershipFacts,
  coOwnership,
  type RepresentationFacts,
  representation,
} from "./representation.ts";
import { type CaseRules, lacksDocument, unproven } from "./rules.ts";
import { type SaleOrderFacts, saleOrder } from "./sale-order.ts";
import type { Situation } from "./situation.ts";
import { equivalentInstrument, judgment, type SoleRequestFacts } from "./sole-request.ts";
import { type SuccessionFacts, succession } from "./succession.ts";
import {
  type TrustPropertyErasureFacts,
  type TrustPropertyMarkFacts,
  trustPropertyErasure,
  trustPropertyMarking,
} from "./trust-property.ts";
import {
  type TrusteeAcquisitionFacts,
  type TrusteeDisposalFacts,
  trusteeAcquisition,
  trusteeDisposal,
} from "./trustee-units.ts";
import { type UnitsRectificationFacts, unitsRectification } from "./units-rectification.ts";

/** The facts that each kind of case states. */
export interface CaseFacts {
  PLEDGE: PledgeFacts;
  PLEDGE_CHANGE: PledgeChangeFacts;
  PLEDGE_RELEASE: ReleaseFacts;
  ATTACHMENT: AttachmentFacts;
  ATTACHMENT_RELEASE: AttachmentReleaseFacts;
  SALE_ORDER: SaleOrderFacts;
  AUCTION: AuctionFacts;
  SUCCESSION: SuccessionFacts;
  CORPORATE_SUCCESSION: CorporateSuccessionFacts;
  RECOVERY: RecoveryFacts;
  LOCKUP: LockupFacts;
  LOCKUP_RELEASE: ReleaseFacts;
  JUDGMENT: SoleRequestFacts;
  EQUIVALENT_INSTRUMENT: SoleRequestFacts;
  JUDGMENT_RELEASE: JudgmentReleaseFacts;
  TRUSTEE_ACQUISITION: TrusteeAcquisitionFacts;
  TRUSTEE_DISPOSAL: TrusteeDisposalFacts;
  TRUST_PROPERTY_MARK: TrustPropertyMarkFacts;
  TRUST_PROPERTY_ERASURE: TrustPropertyErasureFacts;
  REPRESENTATION: RepresentationFacts;
  CO_OWNERSHIP: CoOwnershipFacts;
  UNITS_RECTIFICATION: UnitsRectificationFacts;
  DATES_RECTIFICATION: DatesRectificationFacts;
  PARTICULARS_RECTIFICATION: ParticularsRectificationFacts;
  FREEZE: FreezeFacts;
  UNFREEZE: FreezeFacts;
}

const rules: { [Kind in CaseKind]: CaseRules<CaseFacts[Kind]> } = {
  PLEDGE: pledge,
  PLEDGE_CHANGE: pledgeChange,
  PLEDGE_RELEASE: pledgeRelease,
  ATTACHMENT: attachment,
  ATTACHMENT_RELEASE: attachmentRelease,
  SALE_ORDER: saleOrder,
  AUCTION: auction,
  SUCCESSION: succession,
  CORPORATE_SUCCESSION: corporateSuccession,
  RECOVERY: recovery,
  LOCKUP: lockup,
  LOCKUP_RELEASE: lockupRelease,
  JUDGMENT: judgment,
  EQUIVALENT_INSTRUMENT: equivalentInstrument,
  JUDGMENT_RELEASE: judgmentRelease,
  TRUSTEE_ACQUISITION: trusteeAcquisition,
  TRUSTEE_DISPOSAL: trusteeDisposal,
  TRUST_PROPERTY_MARK: trustPropertyMarking,
  TRUST_PROPERTY_ERASURE: trustPropertyErasure,
  REPRESENTATION: representation,
  CO_OWNERSHIP: coOwnership,
  UNITS_RECTIFICATION: unitsRectification,
  DATES_RECTIFICATION: datesRectification,
  PARTICULARS_RECTIFICATION: particularsRectification,
  FREEZE: freeze,
  UNFREEZE: unfreeze,
};

/** The rules of a kind, for facts of that kind: `kind` and `facts` come from one checked request or row. */
export const rulesOf = (kind: CaseKind): CaseRules<CaseFacts[CaseKind]> =>
  rules[kind] as unknown as CaseRules<CaseFacts[CaseKind]>;

/** Every rule that stands against a case, its documents included. */
export function caseFaults(
  kind: CaseKind,
  facts: CaseFacts[CaseKind],
  documents: readonly CaseDocument[],
  situation: Situation,
): RefusalCode[] {
  const of = rulesOf(kind);
  const faults = of.faults(facts, situation);
  const groups = of.documents(facts);
  if (lacksDocument(groups, documents)) return [...faults, "DOCUMENT_MISSING"];
  return unprovenIn(kind, facts, documents).length > 0 ? [...faults, "HEIR_WITHOUT_DOCUMENTS"] : faults;
}

/** The heirs whom no document of some group names, by place. */
export function unprovenIn(
  kind: CaseKind,
  facts: CaseFacts[CaseKind],
  documents: readonly CaseDocument[],
): number[] {
  const of = rulesOf(kind);
  return unproven(of.proven?.(facts) ?? [], of.documents(facts), documents);
}
