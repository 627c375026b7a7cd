import { holdKinds } from "../entry-kinds.ts";
import { assignPledge, changeController } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, holdIn } from "./situation.ts";

export interface PledgeChangeFacts {
  holdId: string;
  /** Account of the new pledgee, who took over the secured claim; left out, the pledgee stays. */
  pledgee?: string | undefined;
  /** What the pledge secures from now on; left out, as before. */
  claim?: string | undefined;
}

/**
 * Another pledgee, whose name and address must be entered to be good against third parties (TA 200(2); CA 693(1)), or
 * another secured claim. The present pledgee's side signs it; the units stay held, and keep their rank.
 */
export const pledgeChange: CaseRules<PledgeChangeFacts> = {
  basis: "PLEDGE_SET",
  accounts: ({ pledgee }) => (pledgee === undefined ? [] : [pledgee]),
  hold: ({ holdId }) => holdId,
  documents: ({ pledgee }) => [[pledgee === undefined ? "PLEDGE_CHANGE_AGREEMENT" : "PLEDGE_ASSIGNMENT"]],
  faults: ({ holdId, pledgee, claim }, situation) => {
    const hold = holdIn(situation, holdId);
    if (hold === undefined || hold.kind !== holdKinds.PLEDGE) return ["HOLD_UNKNOWN"];
    if (hold.controller === null || !situation.signers.has(hold.controller)) return ["NOT_CONTROLLER"];
    if (pledgee === undefined) return claim === undefined ? ["NOTHING_CHANGES"] : [];
    const { record, keeper } = accountIn(situation, pledgee);
    if (record === null || keeper === null) return ["PLEDGEE_UNKNOWN"];
    return pledgee === hold.account ? ["SAME_ACCOUNT"] : [];
  },
  plan: ({ facts: { holdId, pledgee } }, situation) => {
    const hold = holdIn(situation, holdId)!;
    // One that the pledgee's broker does not control is handed to it.
    if (pledgee === undefined) return { calls: [changeController(hold, hold.keeper ?? hold.controller!)] };
    return { calls: [assignPledge(hold, pledgee, accountIn(situation, pledgee).keeper!)] };
  },
};
