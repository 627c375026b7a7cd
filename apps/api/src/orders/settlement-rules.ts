import { type OrderFacts, orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import type { CallOf } from "../http/call.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { dayWire } from "../wire/day.ts";
import { numberOf, refuseRules } from "./failing.ts";
import { afterEachOther } from "./promised.ts";
import { attached, rulesAgainst, rulesAtExecution } from "./rules.ts";
import type { LegRow } from "./settlements.ts";
import { toldTo } from "./told.ts";

/** Units that a settlement moves, with what the register says of them. */
export interface OrderLeg {
  issueId: string;
  from: string;
  to: string;
  units: bigint;
  lotAcquiredOn?: string | undefined;
  facts: OrderFacts;
  /** The broker that keeps the account that gives. */
  keeper: string;
}

interface Asked {
  call: Pick<CallOf<"offerSettlement">, "principal" | "language" | "at">;
  deadline: Date;
  target: string;
}

/** Rules that stand against taking the units in; of another broker's customer it learns nothing. @throws ProblemError */
export function refuseLegs(legs: readonly OrderLeg[], { call, deadline, target }: Asked): void {
  const { principal, at, language } = call;
  const left = afterEachOther(
    legs.map(({ facts }) => facts),
    legs,
  );
  const numbers = legs.flatMap(({ facts: _, keeper, ...order }, index) => {
    const terms = { ...order, expiresAt: deadline };
    const own = keeper === principal.partyId;
    return rulesAgainst(left[index]!, terms, principal.partyId, at).filter(
      (number) => own || number !== numberOf("NOT_CUSTODIAN"),
    );
  });
  refuseRules(numbers, language, target);
}

const orderOf = ({ issueId, fromAccount, toAccount }: LegRow) => ({
  issueId: issueId!,
  from: fromAccount,
  to: toAccount,
});

/** What the register says now of units that are agreed on. @throws ProblemError for an issue that takes no entries */
export async function legOrders(db: Queryable, legs: readonly LegRow[]): Promise<OrderLeg[]> {
  const orders = legs.map(orderOf);
  const facts = await orderFacts(db, orders);
  return legs.map(({ amount, lotAcquiredOn, fromParty }, index) => {
    mustTakeEntries(facts[index]!.issue);
    return {
      ...orders[index]!,
      units: amount,
      lotAcquiredOn: lotAcquiredOn === null ? undefined : dayWire(lotAcquiredOn),
      facts: facts[index]!,
      keeper: fromParty,
    };
  });
}

/** Rules that stand against the units' move, which are held for it. @throws ProblemError TRANSFER_REFUSED */
export async function mustBeExecutable(
  db: Queryable,
  legs: readonly LegRow[],
  { principal, language, at }: Asked["call"],
  target: string,
): Promise<void> {
  const orders = await legOrders(db, legs);
  refuseRules(
    orders.flatMap(({ facts, ...order }) => toldTo(principal, facts, rulesAtExecution(facts, order, at))),
    language,
    target,
  );
}

/**
 * Whether an attachment that was served and is not entered yet claims any of the held units (CEA 145(5)). Once the last
 * payment is in, anybody can settle on chain: so nobody pays for them, and the platform does not settle.
 */
export async function isServed(db: Queryable, legs: readonly LegRow[]): Promise<boolean> {
  const facts = await orderFacts(db, legs.map(orderOf));
  return facts.some((each) => attached(each, 0n).length > 0);
}

/** @throws ProblemError TRANSFER_REFUSED */
export async function refuseServed(
  db: Queryable,
  legs: readonly LegRow[],
  { principal, language }: Asked["call"],
  target: string,
): Promise<void> {
  const facts = await orderFacts(db, legs.map(orderOf));
  const numbers = facts.flatMap((each) => toldTo(principal, each, attached(each, 0n)));
  refuseRules(numbers, language, target);
}
