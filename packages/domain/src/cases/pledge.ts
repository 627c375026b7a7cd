import { holdKinds } from "../entry-kinds.ts";
import { createHold } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, giverFaults } from "./situation.ts";

export interface PledgeFacts {
  account: string;
  units: bigint;
  /** Account of the pledgee, whose name and address stand in the vault. */
  pledgee: string;
  /** What it secures, as far as the parties want it shown. */
  claim?: string | undefined;
}

/**
 * A pledge on the pledgor's request (TA 201; CA 694), perfected by its entry (TA 200(2); CA 693). Its
 * controller is the pledgee: the broker that acts for the pledgee's account.
 */
export const pledge: CaseRules<PledgeFacts> = {
  basis: "PLEDGE_SET",
  accounts: ({ account, pledgee }) => [account, pledgee],
  documents: () => [["PLEDGE_AGREEMENT"]],
  faults: ({ account, units, pledgee }, situation) => {
    const { record, keeper } = accountIn(situation, pledgee);
    const faults = giverFaults(situation, account, units);
    if (record === null || keeper === null) faults.push("PLEDGEE_UNKNOWN");
    if (account === pledgee) faults.push("SAME_ACCOUNT");
    return faults;
  },
  plan: ({ ref, facts: { account, units, pledgee } }, situation) => {
    const controller = accountIn(situation, pledgee).keeper!;
    const terms = { account, to: pledgee, controller, units, kind: holdKinds.PLEDGE };
    return { calls: [createHold(situation, ref, terms)] };
  },
};
