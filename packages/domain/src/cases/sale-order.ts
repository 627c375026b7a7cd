import { holdKinds } from "../entry-kinds.ts";
import { dayOf, jstDay } from "../jst.ts";
import { basisCode } from "../legal-basis.ts";
import { encodeMove } from "../words.ts";
import { enforce } from "./calls.ts";
import type { DocumentKind } from "./kinds.ts";
import type { CaseRules } from "./rules.ts";
import { dayFaults, holdIn, mayGrow, receiverFaults } from "./situation.ts";

export interface SaleOrderFacts {
  /** The attachment that the order realises. */
  holdId: string;
  buyer: string;
  units: bigint;
  form: "SALE_ORDER" | "TRANSFER_ORDER";
  /** The day on which the order became final. */
  finalOn: string;
  /** The day on which the units became the buyer's. */
  acquiredOn: string;
}

/** A sale order sells nothing by itself: who bought, and that he has paid, is to be shown too (TAR 21(2)(iv)). */
const papers: Record<SaleOrderFacts["form"], readonly (readonly DocumentKind[])[]> = {
  SALE_ORDER: [["SALE_ORDER"], ["FINALITY_CERTIFICATE"], ["AUCTION_RECORD"]],
  TRANSFER_ORDER: [["TRANSFER_ORDER"], ["FINALITY_CERTIFICATE"]],
};

/**
 * A sale follows the order's finality (CEA 161(4)). A transfer order, once final, has transferred as of its service on the
 * third-party debtor (CEA 160, 161(7)).
 */
const isInOrder = ({ form, finalOn, acquiredOn }: SaleOrderFacts): boolean =>
  form === "SALE_ORDER" ? acquiredOn >= finalOn : acquiredOn <= finalOn;

/**
 * A sale or transfer order of the execution court (CEA 161, CEA 167): the buyer asks alone for the entry,
 * as after an auction (TAR 21(2)(iv)). It works from the day it is final (161(4)).
 */
export const saleOrder: CaseRules<SaleOrderFacts> = {
  basis: "AUCTION",
  accounts: ({ buyer }) => [buyer],
  hold: ({ holdId }) => holdId,
  documents: ({ form }) => papers[form],
  faults: (facts, situation) => {
    const { holdId, buyer, units, finalOn, acquiredOn } = facts;
    const faults = receiverFaults(situation, buyer);
    const hold = holdIn(situation, holdId);
    if (hold === undefined || hold.kind !== holdKinds.ATTACHMENT) faults.push("HOLD_UNKNOWN");
    // The order ends the whole hold, so a part of it would set the rest free.
    else if (hold.units !== units || mayGrow(situation, hold)) faults.push("NOT_THE_WHOLE_HOLD");
    if (hold?.account === buyer) faults.push("SAME_ACCOUNT");
    if (dayOf(finalOn) > jstDay(situation.now)) faults.push("NOT_EFFECTIVE_YET");
    faults.push(...dayFaults(situation, acquiredOn));
    if (!isInOrder(facts)) faults.push("EFFECT_DAY_WRONG");
    return [...new Set(faults)];
  },
  plan: ({ ref, facts: { holdId, buyer, units, acquiredOn } }, situation) => {
    const from = holdIn(situation, holdId)!.account;
    const data = encodeMove({ acquiredOn: dayOf(acquiredOn) });
    const move = { from, to: buyer, units, ref, data, breaks: [holdId] };
    return { calls: [enforce(situation, [{ ...move, basis: basisCode("AUCTION") }])] };
  },
};
