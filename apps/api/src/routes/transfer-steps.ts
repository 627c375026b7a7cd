import {
  type StepKind,
  stepPart,
  type TransferForStep,
  transferForStep,
} from "@genbo/database/issues/transfers";
import type { Principal } from "@genbo/database/parties/keys";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { otherPerson, type Parts } from "../access/four-eyes.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { checkAcceptance, checkApproval, mustBeHeld } from "../orders/transfer-execution.ts";

type Routes = "acceptTransfer" | "approveTransfer" | "rejectTransfer" | "cancelTransfer";
type Step = CallOf<Routes>;

/** What each step calls on chain. */
const calls: Record<StepKind, string> = {
  "transfer.accept": "acceptTransfers",
  "transfer.approve": "approveTransfers",
  "transfer.reject": "rejectTransfers",
  "transfer.cancel": "cancelTransfers",
};

export const transferStepHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  acceptTransfer: (call) =>
    command(ctx, call, async (db) => {
      const transfer = await transferOf(db, call);
      mustBeCustodian(transfer, call.principal, transfer.buyerBroker);
      // The two halves of a joint request (Trust Act 198(2)) are two persons', at one broker too.
      await otherPerson(
        db,
        call.principal,
        { ...partsOf(transfer), subjects: [transfer.maker] },
        "You made this request.",
      );
      await checkAcceptance(db, transfer, call);
      return step(call, transfer, "transfer.accept", null);
    }),
  approveTransfer: (call) =>
    command(ctx, call, async (db) => {
      const transfer = await transferOf(db, call);
      await mustBeChecker(db, transfer, call.principal);
      await checkApproval(db, transfer, call);
      return step(call, transfer, "transfer.approve", null);
    }),
  rejectTransfer: (call) =>
    command(ctx, call, async (db) => {
      const transfer = await transferOf(db, call);
      await mustBeChecker(db, transfer, call.principal);
      mustBeHeld(transfer, ["held", "accepted"]);
      return step(call, transfer, "transfer.reject", call.body.reason);
    }),
  cancelTransfer: (call) =>
    command(ctx, call, async (db) => {
      const transfer = await transferOf(db, call);
      mustBeCustodian(transfer, call.principal, transfer.sellerBroker);
      mustBeHeld(transfer, ["held", "accepted"]);
      return step(call, transfer, "transfer.cancel", "CANCELLED");
    }),
});

/** A transfer that the caller is a side of, or trustee of its issue. @throws ProblemError NOT_FOUND */
async function transferOf(db: Queryable, { principal, params }: Step): Promise<TransferForStep> {
  const transfer = await transferForStep(db, params.id);
  const sides = transfer && [transfer.sellerBroker, transfer.buyerBroker, transfer.trusteeId];
  if (!transfer || !sides?.includes(principal.partyId)) throw notFound();
  return transfer;
}

function mustBeCustodian({ id }: TransferForStep, { partyId }: Principal, keeper: string): void {
  if (partyId !== keeper)
    throw new ProblemError("NOT_CUSTODIAN", "You keep the other side's account.", { target: id });
}

/** Whoever made the request or accepted it must not decide it. */
const mustBeChecker = (db: Queryable, transfer: TransferForStep, principal: Principal): Promise<void> =>
  otherPerson(db, principal, partsOf(transfer), "You made or accepted this request.");

const partsOf = ({ id, maker, acceptor, createdAt }: TransferForStep): Parts => ({
  id,
  subjects: [maker, acceptor],
  since: createdAt,
});

function step<C extends Step>(
  { principal, at }: C,
  transfer: TransferForStep,
  kind: StepKind,
  reason: string | null,
): Outcome<Step["route"]> {
  const { id: transferId, issueId, token, ref } = transfer;
  const operationId = newId("op", at);
  const checks = kind === "transfer.approve" || kind === "transfer.reject";
  return {
    answer: { status: 202, body: { operationId, state: "accepted", rows: 1, issueId, transferId } },
    target: transferId,
    guard: stepPart({ transferId, kind, subject: principal.subject, reason }),
    work: {
      operation: {
        id: operationId,
        kind,
        issueId,
        subjectId: transferId,
        ...(checks && { checker: principal.subject }),
      },
      commands: [{ signer: principal.signer!, call: calls[kind], target: token, ref, args: {} }],
    },
  };
}
