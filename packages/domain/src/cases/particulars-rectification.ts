import type { Represented } from "../representation.ts";
import { representationFaults } from "../representation.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn } from "./situation.ts";

export interface ParticularsRectificationFacts {
  /** Any account of the person. */
  account: string;
  /** The version that is wrong. */
  version: number;
  /** The right particulars, all of them. */
  particulars: Represented;
}

/**
 * Wrong name or address of a holder (TA 186(iii); CA 681(iv)): a new version that names the wrong one and has effect
 * from the same day, and its commitment in the record of every account.
 */
export const particularsRectification: CaseRules<ParticularsRectificationFacts> = {
  basis: "RECTIFICATION",
  accounts: ({ account }) => [account],
  rewrites: true,
  personal: ({ account, version }) => ({ account, version }),
  documents: () => [["ERROR_REPORT"]],
  faults: ({ account, version, particulars }, situation) => {
    if (accountIn(situation, account).record === null) return ["SENDER_NOT_REGISTERED"];
    // What an older version got wrong, later ones have replaced: the accounts' records name the newest alone.
    if (situation.version?.number !== version) return ["VERSION_NOT_LATEST"];
    return representationFaults(particulars);
  },
  plan: ({ facts: { account, version, particulars } }, situation) => {
    const { personId } = accountIn(situation, account).record!;
    const { effectiveOn } = situation.version!;
    return {
      calls: [],
      particulars: { personId, effectiveOn, value: particulars, corrects: version },
      result: { corrects: version },
    };
  },
};
