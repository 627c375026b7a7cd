import { recordFlags } from "../investor-class.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, walletsOfPerson } from "./situation.ts";

export interface FreezeFacts {
  /** Any account of the person; all are marked. */
  account: string;
  flag: keyof typeof recordFlags;
}

const marking = (raise: boolean, documents: readonly DocumentKind[]): CaseRules<FreezeFacts> => {
  const next = (flags: number, flag: FreezeFacts["flag"]) =>
    raise ? flags | recordFlags[flag] : flags & ~recordFlags[flag];
  return {
    basis: "NONE",
    accounts: ({ account }) => [account],
    rewrites: true,
    documents: () => [documents],
    faults: ({ account, flag }, situation) => {
      if (accountIn(situation, account).record === null) return ["SENDER_NOT_REGISTERED"];
      // One that the chain refused to an account may be asked for again.
      const flags = walletsOfPerson(situation, account).flatMap((of) => [of.flags, of.record!.flags]);
      return flags.every((each) => next(each, flag) === each) ? ["NOTHING_CHANGES"] : [];
    },
    plan: ({ facts: { account, flag } }, situation) => {
      const { personId } = accountIn(situation, account).record!;
      const bit = recordFlags[flag];
      return { calls: [], flags: raise ? { personId, raise: bit } : { personId, lower: bit } };
    },
  };
};

/** Stops a person's accounts: death, a suspicion, a sanctions list. Whoever is frozen neither sends nor receives. */
export const freeze = marking(true, ["DEATH_NOTICE", "FAMILY_REGISTER", "DECISION"]);
export const unfreeze = marking(false, ["RELEASE_ORDER", "DECISION"]);
