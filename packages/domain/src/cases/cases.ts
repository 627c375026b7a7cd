import type { RefusalCode } from "../refusals.ts";
import { type AttachmentFacts, attachment } from "./attachment.ts";
import { attachmentRelease } from "./attachment-release.ts";
import { type FreezeFacts, freeze, unfreeze } from "./freeze.ts";
import type { CaseDocument, CaseKind } from "./kinds.ts";
import { type LockupFacts, lockup } from "./lockup.ts";
import { lockupRelease } from "./lockup-release.ts";
import { type PledgeFacts, pledge } from "./pledge.ts";
import { pledgeRelease } from "./pledge-release.ts";
import { type RecoveryFacts, recovery } from "./recovery.ts";
import type { ReleaseFacts } from "./release.ts";
import { type CaseRules, lacksDocument } from "./rules.ts";
import { type SaleOrderFacts, saleOrder } from "./sale-order.ts";
import type { Situation } from "./situation.ts";
import { equivalentInstrument, judgment, type SoleRequestFacts } from "./sole-request.ts";
import { type SuccessionFacts, succession } from "./succession.ts";

/** The facts that each kind of case states. */
export interface CaseFacts {
  PLEDGE: PledgeFacts;
  PLEDGE_RELEASE: ReleaseFacts;
  ATTACHMENT: AttachmentFacts;
  ATTACHMENT_RELEASE: ReleaseFacts;
  SALE_ORDER: SaleOrderFacts;
  SUCCESSION: SuccessionFacts;
  RECOVERY: RecoveryFacts;
  LOCKUP: LockupFacts;
  LOCKUP_RELEASE: ReleaseFacts;
  JUDGMENT: SoleRequestFacts;
  EQUIVALENT_INSTRUMENT: SoleRequestFacts;
  FREEZE: FreezeFacts;
  UNFREEZE: FreezeFacts;
}

const rules: { [Kind in CaseKind]: CaseRules<CaseFacts[Kind]> } = {
  PLEDGE: pledge,
  PLEDGE_RELEASE: pledgeRelease,
  ATTACHMENT: attachment,
  ATTACHMENT_RELEASE: attachmentRelease,
  SALE_ORDER: saleOrder,
  SUCCESSION: succession,
  RECOVERY: recovery,
  LOCKUP: lockup,
  LOCKUP_RELEASE: lockupRelease,
  JUDGMENT: judgment,
  EQUIVALENT_INSTRUMENT: equivalentInstrument,
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
  return lacksDocument(of.documents(facts), documents) ? [...faults, "DOCUMENT_MISSING"] : faults;
}
