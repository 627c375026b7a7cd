import { holdKinds } from "../entry-kinds.ts";
import { dayOfIso, jstDay } from "../jst.ts";
import { basisCode } from "../legal-basis.ts";
import { encodeMove } from "../words.ts";
import { enforce } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { holdIn, receiverFaults } from "./situation.ts";

export interface SaleOrderFacts {
  /** The attachment that the order realises. */
  holdId: string;
  buyer: string;
  units: bigint;
  form: "SALE_ORDER" | "TRANSFER_ORDER";
  /** The day on which the order became final. */
  finalOn: string;
}

/**
 * A sale or transfer order of the execution court (CEA 161, CEA 167): the buyer asks alone for the entry,
 * as after an auction (TAR 21(2)(iv)). It works from the day it is final (161(4)).
 */
export const saleOrder: CaseRules<SaleOrderFacts> = {
  basis: "AUCTION",
  accounts: ({ buyer }) => [buyer],
  hold: ({ holdId }) => holdId,
  documents: ({ form }) => [[form], ["FINALITY_CERTIFICATE"]],
  faults: ({ holdId, buyer, units, finalOn }, situation) => {
    const faults = receiverFaults(situation, buyer);
    const hold = holdIn(situation, holdId);
    if (hold === undefined || hold.kind !== holdKinds.ATTACHMENT) faults.push("HOLD_UNKNOWN");
    // The order ends the whole hold, so a part of it would set the rest free.
    else if (hold.units !== units || hold.claimed !== units) faults.push("NOT_THE_WHOLE_HOLD");
    if (hold?.account === buyer) faults.push("SAME_ACCOUNT");
    if (dayOfIso(finalOn)! > jstDay(situation.now)) faults.push("NOT_EFFECTIVE_YET");
    return faults;
  },
  plan: ({ ref, facts: { holdId, buyer, units } }, situation) => {
    const from = holdIn(situation, holdId)!.account;
    const move = { from, to: buyer, units, ref, data: encodeMove({}), breaks: [holdId] };
    return { calls: [enforce(situation, [{ ...move, basis: basisCode("AUCTION") }])] };
  },
};
