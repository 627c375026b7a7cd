import { tradeDaysMax } from "@genbo/api-schema/limits";
import type { newTransfer } from "@genbo/api-schema/transfers";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { NewTransfer } from "@genbo/database/issues/transfers";
import type { OrderFacts } from "@genbo/database/issues/transfers-facts";
import type { Principal } from "@genbo/database/parties/keys";
import { newId, refOf } from "@genbo/domain/ids";
import { dayOf, dayOrNone, jstDay } from "@genbo/domain/jst";
import { decodePolicy } from "@genbo/domain/policy-word";
import { encodeMove } from "@genbo/domain/words";
import type { z } from "zod";
import { expiryOf, isDirect } from "./rules.ts";

export type TransferOrder = z.output<typeof newTransfer>;

/** An accepted order: its row, and the call of the seller's broker that carries it out. */
export interface TransferDraft {
  transfer: NewTransfer;
  command: NewCommand;
}

/** The row and command of an order against which no rule stands. */
export function draftTransfer(
  order: TransferOrder,
  facts: OrderFacts,
  principal: Principal,
  at: Date,
): TransferDraft {
  const id = newId("trf", at);
  const ref = refOf(id);
  const acquiredOn = order.acquiredOn ?? order.settlementDate;
  const { issueId, from, to, units, tradeDate, settlementDate, lotAcquiredOn = null } = order;
  const parties = {
    sellerBroker: principal.partyId,
    // A self-custody receiver has no broker: it accepts by an order of its own.
    buyerBroker: facts.to.brokerId ?? principal.partyId,
    maker: principal.subject,
  };
  const dates = { tradeDate, acquiredOn, settlementDate, lotAcquiredOn };
  return {
    transfer: { id, ref, issueId, from, to, units, ...dates, ...parties, at },
    command: commandOf(order, facts, principal.signer!, ref, acquiredOn),
  };
}

/** Where the policy wants neither acceptance nor approval the units move at once, else they are held for the request. */
function commandOf(
  order: TransferOrder,
  { issue }: OrderFacts,
  signer: string,
  ref: string,
  acquiredOn: string,
): NewCommand {
  const { from, to, units } = order;
  const data = encodeMove({
    tradeDate: dayOf(order.tradeDate),
    acquiredOn: dayOf(acquiredOn),
    settlementDate: dayOf(order.settlementDate),
    lotAcquiredOn: dayOrNone(order.lotAcquiredOn),
  });
  const move = { from, to, units: String(units), data };
  const common = { signer, target: issue!.token, ref };
  if (isDirect(decodePolicy(issue!.policy))) return { ...common, call: "custodiedTransfer", args: move };
  return { ...common, call: "requestTransfers", args: { ...move, expiryMinutes: expiryMinutes(order) } };
}

/** The first of an order's dates that lies too far from the day of `now` to be meant; undefined when none does. */
export function strayDate(
  order: Pick<TransferOrder, "tradeDate" | "settlementDate">,
  now: Date,
): "tradeDate" | "settlementDate" | undefined {
  return (["tradeDate", "settlementDate"] as const).find((field) => isStray(order[field], now));
}

/** Whether a day lies too far from today to be meant. */
export const isStray = (day: string, now: Date): boolean => Math.abs(dayOf(day) - jstDay(now)) > tradeDaysMax;

/** Whether an order is of a trade before there were units to trade. */
export const isBeforeIssue = (order: Pick<TransferOrder, "tradeDate">, { issue }: OrderFacts): boolean =>
  issue!.issuedOn !== null && order.tradeDate < issue!.issuedOn;

export const beforeIssueDetail = "lies before the day on which the issue's first units were acquired";

/** Whether an order that is carried out at once names a day of settlement that has not come. */
export const isEarly = (
  order: Pick<TransferOrder, "settlementDate">,
  { issue }: OrderFacts,
  now: Date,
): boolean => isDirect(decodePolicy(issue!.policy)) && dayOf(order.settlementDate) > jstDay(now);

export const earlyDetail = "settles on a later day, and this issue's transfers are entered at once";

export const strayDetail = `lies more than ${tradeDaysMax} days from today`;

/** Minutes since 1970 at which the request ends; a part of a minute does not count. */
const expiryMinutes = (order: TransferOrder): number => Math.floor(expiryOf(order)!.getTime() / 60_000);
