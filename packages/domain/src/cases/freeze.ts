import { recordFlags } from "../investor-class.ts";
import { setFlags } from "./calls.ts";
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
    documents: () => [documents],
    faults: ({ account, flag }, situation) => {
      const { record } = accountIn(situation, account);
      if (record === null) return ["SENDER_NOT_REGISTERED"];
      return next(record.flags, flag) === record.flags ? ["NOTHING_CHANGES"] : [];
    },
    plan: ({ facts: { account, flag } }, situation) => {
      const { personId, flags } = accountIn(situation, account).record!;
      const marked = next(flags, flag);
      const wallets = walletsOfPerson(situation, account);
      return {
        calls: wallets.map((wallet) => setFlags(situation, wallet, marked)),
        flags: { personId, flags: marked },
      };
    },
  };
};

/** Stops a person's accounts: death, a suspicion, a sanctions list. Whoever is frozen neither sends nor receives. */
export const freeze = marking(true, ["DEATH_NOTICE", "FAMILY_REGISTER", "DECISION"]);
export const unfreeze = marking(false, ["RELEASE_ORDER", "DECISION"]);
