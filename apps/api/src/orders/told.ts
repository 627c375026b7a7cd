import type { OrderFacts } from "@genbo/database/issues/transfers-facts";
import type { Principal } from "@genbo/database/parties/keys";
import { issuerKeepsRegister, type ProfileName } from "@genbo/domain/profiles";
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

/**
 * What is so of the person behind an account that receives. Not its class, which whoever issues to qualified institutions
 * alone has to know (FIEA 2(3)(ii)).
 */
const ofReceivingPerson: ReadonlySet<RefusalCode> = new Set(["RECEIVER_CHECK_LAPSED", "RECEIVER_FROZEN"]);

/** By asking how many units more a person may have, or whether it would be one more, its holding is found. */
const limitsByPerson: ReadonlySet<RefusalCode> = new Set(["MAX_UNITS_PER_PERSON", "MAX_HOLDERS"]);

/**
 * What an issuer is told of rules against units that it would issue. A trust's has no right to its register: limits by
 * person are the chain's to say of units that are really issued, and what is so of a person its broker's.
 */
export const toldToIssuer = (profile: ProfileName, numbers: readonly number[]): number[] =>
  issuerKeepsRegister(profile)
    ? [...numbers]
    : numbers
        .filter((number) => !limitsByPerson.has(refusalOf(number).code))
        .map((number) =>
          ofReceivingPerson.has(refusalOf(number).code) ? numberOf("RECEIVING_SIDE") : number,
        );
