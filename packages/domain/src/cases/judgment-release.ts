import { holdKinds } from "../entry-kinds.ts";
import { dayOf, jstDay } from "../jst.ts";
import { basisCode } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import { releaseByOrder } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { holdIn } from "./situation.ts";

export interface JudgmentReleaseFacts {
  /** The pledge or lock-up whose end the court orders. */
  holdId: string;
  finalOn: string;
}

const endable: readonly number[] = [holdKinds.PLEDGE, holdKinds.LOCKUP];

/**
 * A final judgment that a pledge or lock-up has ended, in place of the consent of whoever controls it: a pledgee that
 * does not answer, a broker that is gone. An attachment ends on its own grounds.
 */
export const judgmentRelease: CaseRules<JudgmentReleaseFacts> = {
  basis: "JUDGMENT",
  accounts: () => [],
  hold: ({ holdId }) => holdId,
  documents: () => [["JUDGMENT"], ["FINALITY_CERTIFICATE"]],
  faults: ({ holdId, finalOn }, situation) => {
    const faults: RefusalCode[] = [];
    const hold = holdIn(situation, holdId);
    if (hold === undefined || !endable.includes(hold.kind)) faults.push("HOLD_UNKNOWN");
    if (dayOf(finalOn) > jstDay(situation.now)) faults.push("NOT_EFFECTIVE_YET");
    return faults;
  },
  plan: ({ facts: { holdId } }, situation) => ({
    calls: [releaseByOrder(situation, holdId, basisCode("JUDGMENT"))],
  }),
};
