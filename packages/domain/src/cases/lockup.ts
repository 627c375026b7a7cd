import { holdKinds } from "../entry-kinds.ts";
import { dayOf, endOfDay, jstDay } from "../jst.ts";
import { createHold } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { giverFaults } from "./situation.ts";

export interface LockupFacts {
  account: string;
  units: bigint;
  /** Last day of the lock-up. */
  until: string;
}

/** Units that their holder has agreed not to move until a day has ended (24:00 JST). */
export const lockup: CaseRules<LockupFacts> = {
  basis: "NONE",
  accounts: ({ account }) => [account],
  documents: () => [["LOCKUP_AGREEMENT"]],
  faults: ({ account, units, until }, situation) => {
    const faults = giverFaults(situation, account, units);
    if (dayOf(until) < jstDay(situation.now)) faults.push("HOLD_EXPIRED");
    return faults;
  },
  deadlines: ({ until }) => [{ name: "LOCKUP_END", article: "-", due: until }],
  plan: ({ ref, facts: { account, units, until } }, situation) => {
    const expiryMinutes = endOfDay(dayOf(until)).getTime() / 60_000;
    const terms = { account, controller: situation.trustee, units, kind: holdKinds.LOCKUP, expiryMinutes };
    return { calls: [createHold(situation, ref, terms)] };
  },
};
