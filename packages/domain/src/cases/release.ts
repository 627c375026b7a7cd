import type { HoldKind } from "../entry-kinds.ts";
import { holdKinds } from "../entry-kinds.ts";
import type { LegalBasisName } from "../legal-basis.ts";
import { releaseHold } from "./calls.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import { holdIn } from "./situation.ts";

export interface ReleaseFacts {
  holdId: string;
}

/** The end of a hold of one kind, by its controller and nobody else. */
export const releaseOf = (
  kind: HoldKind,
  basis: LegalBasisName,
  documents: readonly DocumentKind[],
): CaseRules<ReleaseFacts> => ({
  basis,
  accounts: () => [],
  hold: ({ holdId }) => holdId,
  documents: () => [documents],
  faults: ({ holdId }, situation) => {
    const hold = holdIn(situation, holdId);
    if (hold === undefined || hold.kind !== holdKinds[kind]) return ["HOLD_UNKNOWN"];
    return hold.controller !== null && situation.signers.has(hold.controller) ? [] : ["NOT_CONTROLLER"];
  },
  plan: ({ facts: { holdId } }, situation) => ({ calls: [releaseHold(holdIn(situation, holdId)!)] }),
});
