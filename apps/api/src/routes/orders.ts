import {
  digestOfOrder,
  type Order,
  type OrderAction,
  type OrderCall,
  orderActions,
  orderArgs,
  signerOfOrder,
} from "@genbo/chain/orders";
import { isConstraint } from "@genbo/database/commands/commands";
import { type NewTransfer, transferOfRef, transfersPart } from "@genbo/database/issues/transfers";
import { type OrderFacts, orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, ProblemError } from "../http/problem.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { numberOf, refuseRules } from "../orders/failing.ts";
import { checkDays, daysOf, givesUnits } from "../orders/order-days.ts";
import { rulesForHolder } from "../orders/rules.ts";
import { checkAcceptance } from "../orders/transfer-execution.ts";
import { walletStandsFor } from "../parties/wallet-signature.ts";
import { deploymentOf } from "../process/deployment.ts";

type Relay = CallOf<"relayOrder">;

/** Orders that the chain takes by a call of their own. */
const calls: Partial<Record<OrderAction, OrderCall>> = { REQUEST: "relayRequest", REVOKE: "relayRevocation" };

/** A request that stands already under this ref. */
const refConstraint = "transfer_ref_key";

export const orderHandlers = (ctx: ApiContext): Handlers<"relayOrder"> => ({
  relayOrder: async (call) => {
    try {
      return await command(ctx, call, (db) => relay(ctx, db, call));
    } catch (error) {
      if (!isConstraint(error, refConstraint)) throw error;
      throw new ProblemError("STATE_CONFLICT", "A request of this ref is there already.", {
        pointer: "/order/ref",
      });
    }
  },
});

/** The wallet decides by its signature; the broker that sends it in only lends its lane. */
async function relay(ctx: ApiContext, db: Queryable, call: Relay): Promise<Outcome<Relay["route"]>> {
  const { principal, body, at } = call;
  const { issueId, signature } = body;
  const { action, account, to } = body.order;
  const [facts] = await orderFacts(db, [{ issueId, from: account, to }]);
  const { token } = mustTakeEntries(facts!.issue, "/issueId");
  if (body.order.deadline * 1000 <= at.getTime()) throw invalidField("/order/deadline", "has passed");
  const order: Order = { ...body.order, action: orderActions[action] };
  await mustBeSigned(ctx, db, token, order, signature);
  refuseKept(call, facts!);
  if (givesUnits(action)) checkDays(body.order, facts!, at);
  refuse(call, facts!);
  if (action === "ACCEPT") await checkRequest(db, call);
  else if (action !== "REVOKE") await mustBeOwnRef(db, call);
  const transfer = action === "REQUEST" ? requestOf(call, facts!) : undefined;
  const operationId = newId("op", at);
  return {
    answer: {
      status: 202,
      body: {
        operationId,
        state: "accepted",
        rows: 1,
        issueId,
        ...(transfer !== undefined && { transferId: transfer.id }),
      },
    },
    target: issueId,
    detail: { action, ref: order.ref },
    ...(transfer !== undefined && { writes: [transfersPart([transfer])] }),
    work: {
      operation: { id: operationId, kind: "order.relay", issueId, subjectId: transfer?.id ?? issueId },
      commands: [
        {
          signer: principal.signer!,
          call: calls[action] ?? "relay",
          target: token,
          ref: order.ref,
          args: orderArgs(order, signature),
        },
      ],
    },
  };
}

/** What no key made is asked of the wallet itself: before it stands for the order, nothing is said of its account. @throws ProblemError */
async function mustBeSigned(
  ctx: ApiContext,
  db: Queryable,
  token: string,
  order: Order,
  signature: string,
): Promise<void> {
  const { chainId } = await deploymentOf(db);
  if (signerOfOrder(chainId, token, order, signature) === order.account) return;
  if (!(await walletStandsFor(ctx, order.account, digestOfOrder(chainId, token, order), signature)))
    throw invalidField("/signature", "was not made by the account's key over this order");
}

/** A broker acts for the accounts that it keeps, and alone learns of them: only a wallet without a custodian orders. @throws ProblemError */
function refuseKept({ body, language }: Relay, { from: { record } }: OrderFacts): void {
  if (record !== null && record.custodian !== 0)
    refuseRules([numberOf("NOT_CUSTODIAN")], language, body.issueId);
}

/** @throws ProblemError TRANSFER_REFUSED with every rule that stands against it */
function refuse({ body, at, language }: Relay, facts: OrderFacts): void {
  const { action, account: from, to, units, expiryMinutes } = body.order;
  const expiresAt = expiryMinutes === 0 ? undefined : new Date(expiryMinutes * 60_000);
  const { lotAcquiredOn } = daysOf(body.order);
  const order = { from, to, units: BigInt(units), lotAcquiredOn, expiresAt };
  const numbers = givesUnits(action)
    ? rulesForHolder(facts, order, action === "TRANSFER", at)
    : facts.from.record === null
      ? [numberOf("SENDER_NOT_REGISTERED")]
      : [];
  refuseRules(numbers, language, body.issueId);
}

/** What the wallet accepts is a request to it, of which the same is asked as of a broker that accepts. @throws ProblemError */
async function checkRequest(db: Queryable, call: Relay): Promise<void> {
  const { issueId, order } = call.body;
  const transfer = await transferOfRef(db, order.ref);
  if (transfer?.issueId !== issueId || transfer.to !== order.account)
    throw invalidField("/order/ref", "is the ref of no request to this account");
  await checkAcceptance(db, transfer, call);
}

/** Whoever reads the register takes a ref for the transfer's that has it. @throws ProblemError */
async function mustBeOwnRef(db: Queryable, { body: { issueId, order } }: Relay): Promise<void> {
  const transfer = await transferOfRef(db, order.ref);
  if (transfer === undefined || (transfer.issueId === issueId && transfer.from === order.account)) return;
  throw new ProblemError(
    "STATE_CONFLICT",
    "This ref is that of another account's transfer: choose another.",
    {
      pointer: "/order/ref",
    },
  );
}

/** The transfer that a request begins: its other side and the trustee go on with it as with any other. */
function requestOf({ body, principal, at }: Relay, facts: OrderFacts): NewTransfer {
  const { account: from, to, units, ref } = body.order;
  const { tradeDate, acquiredOn, settlementDate, lotAcquiredOn = null } = daysOf(body.order);
  return {
    id: newId("trf", at),
    ref,
    issueId: body.issueId,
    from,
    to,
    units: BigInt(units),
    tradeDate: tradeDate!,
    acquiredOn: acquiredOn!,
    settlementDate: settlementDate!,
    lotAcquiredOn,
    sellerBroker: principal.partyId,
    // A self-custody receiver has no broker: it accepts by an order of its own.
    buyerBroker: facts.to.brokerId ?? principal.partyId,
    maker: principal.subject,
    at,
  };
}
