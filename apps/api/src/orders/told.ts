import type { OrderFacts } from "@genbo/database/issues/transfers-facts";
import type { Principal } from "@genbo/database/parties/keys";
import { type RefusalCode, refusalOf } from "@genbo/domain/refusals";
import { numberOf } from "./failing.ts";

/** What a broker may learn about an account that is not its customer's: nothing. The rules of the two others stay. */
const ofGiver: ReadonlySet<RefusalCode> = new Set([
  "INSUFFICIENT_UNITS",
  "WHOLE_HOLDING_ONLY",
  "MAX_HOLDERS",
  "SENDER_NOT_REGISTERED",
  "SENDER_FROZEN",
  "LOT_CLOSED",
  "CO_OWNERS_UNREPRESENTED",
  "ATTACHMENT_SERVED",
]);

export const isOfGiver = (number: number): boolean => ofGiver.has(refusalOf(number).code);

/**
 * What a caller is told of rules against units that are held for an order. Which of them stands on the side that gives is
 * for its broker and the trustee to know: nobody else learns that a customer is frozen (AML Act 8(4)) or attached.
 */
export const toldTo = (
  { role, partyId }: Pick<Principal, "role" | "partyId">,
  { from }: OrderFacts,
  numbers: readonly number[],
): number[] =>
  role === "trustee" || from.brokerId === partyId
    ? [...numbers]
    : numbers.map((number) => (isOfGiver(number) ? numberOf("GIVING_SIDE") : number));
