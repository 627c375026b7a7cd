import type { newOrder } from "@genbo/api-schema/orders";
import type { OrderFacts } from "@genbo/database/issues/transfers-facts";
import { type Day, isoOfDay } from "@genbo/domain/jst";
import { decodeMove } from "@genbo/domain/words";
import type { z } from "zod";
import { invalidField, ProblemError } from "../http/problem.ts";
import {
  beforeIssueDetail,
  earlyDetail,
  isBeforeIssue,
  isEarly,
  strayDate,
  strayDetail,
} from "./transfer-requests.ts";

type Signed = z.output<typeof newOrder>["order"];

/** What a wallet may order of its units. */
export const givesUnits = (action: Signed["action"]): boolean =>
  action === "TRANSFER" || action === "REQUEST" || action === "HOLD";

/** The days and the lot that an order's data names. */
export interface OrderDays {
  tradeDate?: string | undefined;
  acquiredOn?: string | undefined;
  settlementDate?: string | undefined;
  lotAcquiredOn?: string | undefined;
}

export function daysOf({ data }: Signed): OrderDays {
  const { tradeDate, acquiredOn, settlementDate, lotAcquiredOn } = decodeMove(data);
  return {
    tradeDate: named(tradeDate),
    acquiredOn: named(acquiredOn),
    settlementDate: named(settlementDate),
    lotAcquiredOn: named(lotAcquiredOn),
  };
}

const named = (day: Day): string | undefined => (day === 0 ? undefined : isoOfDay(day));

/** A signed order names days that a broker's order may name. @throws ProblemError INVALID_FIELD, NOT_YET_SETTLED */
export function checkDays(order: Signed, facts: OrderFacts, at: Date): void {
  const days = daysOf(order);
  if (!inOrder(order.action, days))
    throw invalidField(
      "/order/data",
      "does not name days of trade, acquisition and settlement in their order",
    );
  const { tradeDate, settlementDate } = days;
  if (tradeDate === undefined || settlementDate === undefined) return;
  const stray = strayDate({ tradeDate, settlementDate }, at);
  if (stray !== undefined) throw invalidField("/order/data", `names a ${stray} that ${strayDetail}`);
  if (isBeforeIssue({ tradeDate }, facts))
    throw invalidField("/order/data", `names a tradeDate that ${beforeIssueDetail}`);
  // A request is asked for its day when it is accepted or approved.
  if (order.action === "TRANSFER" && isEarly({ settlementDate }, facts, at))
    throw new ProblemError("NOT_YET_SETTLED", `It ${earlyDetail}.`);
}

/**
 * Without days units are acquired on the day of their entry; those of a hold always are, since its controller executes it
 * on a day of his own.
 */
function inOrder(action: Signed["action"], { tradeDate, acquiredOn, settlementDate }: OrderDays): boolean {
  if (tradeDate === undefined || settlementDate === undefined)
    return action !== "REQUEST" && (tradeDate ?? acquiredOn ?? settlementDate) === undefined;
  if (action === "HOLD") return acquiredOn === undefined && tradeDate <= settlementDate;
  return acquiredOn !== undefined && tradeDate <= acquiredOn && acquiredOn <= settlementDate;
}
