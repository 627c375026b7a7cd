import type { AttachmentForm, DocumentKind, ReleaseGround } from "./kinds.ts";
import { type ReleaseFacts, releaseOf } from "./release.ts";
import type { CaseRules } from "./rules.ts";
import { holdIn } from "./situation.ts";

export interface AttachmentReleaseFacts extends ReleaseFacts {
  ground: ReleaseGround;
}

const court: AttachmentForm[] = ["ATTACHMENT", "PROVISIONAL_ATTACHMENT"];
const endsForms: Record<ReleaseGround, readonly AttachmentForm[]> = {
  WITHDRAWN: court,
  ORDER_CANCELLED: court,
  PROVISIONAL_RELEASE_MONEY: ["PROVISIONAL_ATTACHMENT"],
  TAX_RELEASED: ["TAX_ATTACHMENT"],
};
const papers: Record<ReleaseGround, DocumentKind> = {
  // CEA 20, CPC 261: the creditor takes its application back.
  WITHDRAWN: "WITHDRAWAL",
  // CEA 12, 40: the court cancels the attachment.
  ORDER_CANCELLED: "RELEASE_ORDER",
  // Civil Provisional Remedies Act 22, 51: the debtor has deposited the money that frees the units.
  PROVISIONAL_RELEASE_MONEY: "RELEASE_MONEY_DEPOSIT",
  // National Tax Collection Act 79, 80: paid, or lifted by the tax office.
  TAX_RELEASED: "TAX_RELEASE_NOTICE",
};

const release = releaseOf("ATTACHMENT", "ATTACHMENT_RELEASE", []);

/** An attachment ends when its court or tax office lifts it or its creditor withdraws (CEA 167). */
export const attachmentRelease: CaseRules<AttachmentReleaseFacts> = {
  ...release,
  faults: (facts, situation) => {
    const faults = release.faults(facts, situation);
    const form = holdIn(situation, facts.holdId)?.form ?? null;
    const fits = form === null || endsForms[facts.ground].includes(form);
    return fits ? faults : [...faults, "GROUND_OF_ANOTHER_ORDER"];
  },
  documents: ({ ground }) => [[papers[ground]]],
};
