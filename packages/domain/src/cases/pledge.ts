import { holdKinds } from "../entry-kinds.ts";
import type { RefusalCode } from "../refusals.ts";
import { createHold } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, giverFaults, holdIn, queueFaults, type Situation, waitingOn } from "./situation.ts";

export interface PledgeFacts {
  account: string;
  units: bigint;
  /** Account of the pledgee, whose name and address stand in the vault. */
  pledgee: string;
  /** A pledge on whose units it ranks after all that stand there; left out, it is of free units. */
  behind?: string | undefined;
  /** What it secures, as far as the parties want it shown. */
  claim?: string | undefined;
}

/**
 * A pledge on the pledgor's request (TA 201; CA 694), perfected by its entry (TA 200(2); CA 693). Its
 * controller is the pledgee: the broker that acts for the pledgee's account. Several on the same units rank by the order
 * of their entries (Civil Code 355, 362(2)).
 */
export const pledge: CaseRules<PledgeFacts> = {
  basis: "PLEDGE_SET",
  accounts: ({ account, pledgee }) => [account, pledgee],
  documents: () => [["PLEDGE_AGREEMENT"]],
  faults: ({ account, units, pledgee, behind }, situation) => {
    const { record, keeper } = accountIn(situation, pledgee);
    const faults =
      behind === undefined
        ? giverFaults(situation, account, units)
        : behindFaults(situation, { account, units, behind });
    if (record === null || keeper === null) faults.push("PLEDGEE_UNKNOWN");
    if (account === pledgee) faults.push("SAME_ACCOUNT");
    return faults;
  },
  plan: ({ ref, facts: { account, units, pledgee, behind } }, situation) => {
    const controller = accountIn(situation, pledgee).keeper!;
    const terms = { account, to: pledgee, controller, units, kind: holdKinds.PLEDGE, behind };
    return { calls: [createHold(situation, ref, terms)] };
  },
};

/** A pledge behind one that stands on the account claims no more than that; what is attached is no longer the pledgor's to pledge (CEA 145(1)). */
function behindFaults(
  situation: Situation,
  { account, units, behind }: { account: string; units: bigint; behind: string },
): RefusalCode[] {
  const ahead = holdIn(situation, behind);
  const stands = ahead?.kind === holdKinds.PLEDGE && ahead.account === account;
  const attached = waitingOn(situation, account).some(({ kind }) => kind === holdKinds.ATTACHMENT);
  return [
    ...giverFaults(situation, account, units, stands ? ahead.claimed : units),
    ...(stands ? [] : (["HOLD_UNKNOWN"] as const)),
    ...(attached ? (["ATTACHMENT_AHEAD"] as const) : []),
    ...queueFaults(situation, account),
  ];
}
