import { holdKinds } from "../entry-kinds.ts";
import { dayOf } from "../jst.ts";
import { basisCode } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMove } from "../words.ts";
import { enforce } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { dayFaults, holdIn, mayGrow, receiverFaults } from "./situation.ts";

export interface AuctionFacts {
  /** The pledge or attachment that the auction realises. */
  holdId: string;
  buyer: string;
  units: bigint;
  /** The day on which the buyer had paid and the units were his. */
  soldOn: string;
}

const realisable: readonly number[] = [holdKinds.PLEDGE, holdKinds.ATTACHMENT];

/**
 * A compulsory auction that realises a pledge or an attachment: the buyer asks alone (TAR 21(2)(iv); CAR 168(1)(iv)).
 * The hold ends with it as a whole, so it is for all of its units.
 */
export const auction: CaseRules<AuctionFacts> = {
  basis: "AUCTION",
  accounts: ({ buyer }) => [buyer],
  hold: ({ holdId }) => holdId,
  documents: () => [["AUCTION_RECORD"]],
  faults: ({ holdId, buyer, units, soldOn }, situation) => {
    const faults: RefusalCode[] = receiverFaults(situation, buyer);
    const hold = holdIn(situation, holdId);
    if (hold === undefined || !realisable.includes(hold.kind)) faults.push("HOLD_UNKNOWN");
    // A pledge sells what it has; an attachment waits as long as it may get more.
    else if (hold.units !== units || (hold.kind === holdKinds.ATTACHMENT && mayGrow(situation, hold)))
      faults.push("NOT_THE_WHOLE_HOLD");
    if (hold?.account === buyer) faults.push("SAME_ACCOUNT");
    return [...faults, ...dayFaults(situation, soldOn)];
  },
  plan: ({ ref, facts: { holdId, buyer, units, soldOn } }, situation) => {
    const from = holdIn(situation, holdId)!.account;
    const data = encodeMove({ acquiredOn: dayOf(soldOn) });
    const move = { from, to: buyer, units, ref, data, breaks: [holdId], basis: basisCode("AUCTION") };
    return { calls: [enforce(situation, [move])] };
  },
};
