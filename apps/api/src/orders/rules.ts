import { requestDaysDefault } from "@genbo/api-schema/limits";
import type { OrderFacts } from "@genbo/database/issues/transfers-facts";
import { dayOf, endOfDay } from "@genbo/domain/jst";
import { decodePolicy, type Policy } from "@genbo/domain/policy-word";
import { failingRules, type TransferFacts } from "@genbo/domain/transfer-rules";
import { numberOf } from "./failing.ts";
import { isOfGiver } from "./told.ts";

export interface OrderTerms {
  from: string;
  to: string;
  units: bigint;
  lotAcquiredOn?: string | undefined;
  expiresAt?: Date | undefined;
  /** A pre-check has none. */
  settlementDate?: string | undefined;
}

/** When a request ends: as it says, else some days after its settlement; undefined for a pre-check. */
export function expiryOf({
  expiresAt,
  settlementDate,
}: Pick<OrderTerms, "expiresAt" | "settlementDate">): Date | undefined {
  if (expiresAt !== undefined || settlementDate === undefined) return expiresAt;
  return endOfDay(dayOf(settlementDate) + requestDaysDefault);
}

/**
 * Numbers of every rule that stands against a broker's order, ascending. An account that another broker keeps and one
 * that does not exist get the same answer.
 */
export function rulesAgainst(facts: OrderFacts, order: OrderTerms, partyId: string, now: Date): number[] {
  const policy = decodePolicy(facts.issue!.policy);
  const failing = failingRules(transferFacts(facts, order, policy, now));
  failing.push(...unrepresented(facts), ...attached(facts, order.units));
  const expiry = isDirect(policy) ? order.expiresAt : expiryOf(order);
  if (expiry !== undefined && expiry <= now) failing.push(numberOf("HOLD_EXPIRED"));
  if (facts.from.brokerId === partyId) return failing.sort(ascending);
  const told = failing.filter((number) => !isOfGiver(number));
  return [...told, numberOf("NOT_CUSTODIAN")].sort(ascending);
}

/** Nobody asks in the name of co-owners before they have named one (Trust Act 193, Companies Act 686). */
const unrepresented = ({ from }: OrderFacts): number[] =>
  from.rightsRest ? [numberOf("CO_OWNERS_UNREPRESENTED")] : [];

/**
 * From its service on an attachment bars every disposal of its units (CEA 145(1), 145(5)): while two persons enter it, what
 * it will take of the account goes nowhere.
 * @param units that would leave what is free
 */
export const attached = ({ from: { free, served } }: OrderFacts, units: bigint): number[] =>
  served > 0n && free - units < served ? [numberOf("ATTACHMENT_SERVED")] : [];

/** Rules that stand against what a holder orders of its own wallet. @param direct it moves at once, without a request */
export function rulesForHolder(facts: OrderFacts, order: OrderTerms, direct: boolean, now: Date): number[] {
  const policy = decodePolicy(facts.issue!.policy);
  const failing = failingRules({ ...transferFacts(facts, order, policy, now), direct });
  failing.push(...unrepresented(facts), ...attached(facts, order.units));
  if (order.expiresAt !== undefined && order.expiresAt <= now) failing.push(numberOf("HOLD_EXPIRED"));
  return failing.sort(ascending);
}

/** Rules at the execution of a request: the units are held for it already. */
export function rulesAtExecution(facts: OrderFacts, order: OrderTerms, now: Date): number[] {
  const policy = decodePolicy(facts.issue!.policy);
  const { from, ...rest } = transferFacts(facts, order, policy, now);
  const failing = failingRules({ ...rest, from: { ...from, available: order.units } });
  return [...failing, ...attached(facts, 0n)];
}

function transferFacts(facts: OrderFacts, order: OrderTerms, policy: Policy, now: Date): TransferFacts {
  const lot = lotOf(facts, order.lotAcquiredOn);
  return {
    policy,
    now: Math.floor(now.getTime() / 1000),
    units: order.units,
    holders: facts.issue!.holders,
    from: {
      account: order.from,
      record: facts.from.record,
      unitsOfPerson: facts.from.unitsOfPerson,
      units: facts.from.units,
      available: facts.from.free,
    },
    to: { account: order.to, record: facts.to.record, unitsOfPerson: facts.to.unitsOfPerson },
    direct: isDirect(policy),
    ...(lot !== undefined && { lotUnits: lot }),
  };
}

/** Neither acceptance nor approval: the broker's own order moves the units. */
export const isDirect = (policy: Policy): boolean => !policy.acceptanceRequired && !policy.approvalRequired;

function lotOf(facts: OrderFacts, acquiredOn: string | undefined): bigint | undefined {
  return acquiredOn === undefined ? undefined : (facts.from.lots.get(dayOf(acquiredOn)) ?? 0n);
}

const ascending = (a: number, b: number): number => a - b;
