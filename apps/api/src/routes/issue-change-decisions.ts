import {
  type ChangeRow,
  decideChangePart,
  leftToCarry,
  proposedAt,
  ratioProgress,
} from "@genbo/database/issues/issue-changes";
import { issueForCommand } from "@genbo/database/issues/issues";
import { findParty } from "@genbo/database/parties/parties";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { isNoticed, policyDelayMs } from "@genbo/domain/issue-changes";
import { dayOf, jstDay } from "@genbo/domain/jst";
import { otherPerson } from "../access/four-eyes.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { ProblemError } from "../http/problem.ts";
import { carryCommands, changeCommands } from "../issues/issue-changes.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { againstRedemption, redemptionRows, refuseAccounts } from "../issues/redemptions.ts";
import { refuseUncorrectable } from "../issues/terms-changes.ts";
import { refuseOtherDocuments } from "../legal/seen-documents.ts";
import { changeFor } from "./issue-changes.ts";

type Routes = "carryChange" | "approveChange" | "refuseChange" | "withdrawChange";
type Approve = CallOf<"approveChange">;
type Carry = CallOf<"carryChange">;

export const issueChangeDecisionHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  approveChange: (call) =>
    command(ctx, call, async (db) => approve(ctx, db, call, await decidable(ctx, call)), { long: true }),
  carryChange: (call) => command(ctx, call, (db) => carry(ctx, db, call), { long: true }),
  refuseChange: (call) =>
    command(ctx, call, async () => {
      const { id } = await decidable(ctx, call);
      const { principal, body, at } = call;
      const decision = {
        id,
        state: "refused" as const,
        checker: principal.subject,
        refusal: body.reason,
        at,
      };
      return {
        answer: { status: 200, body: { id, state: "refused" as const } },
        target: id,
        guard: decideChangePart(decision),
      };
    }),
  withdrawChange: (call) =>
    command(ctx, call, async () => {
      const row = await changeFor(ctx, call.principal, call.params.id);
      // Whoever sees it without having proposed it may know that it is there, and no more.
      if (row.partyId !== call.principal.partyId)
        throw new ProblemError("FORBIDDEN", "Another party proposed this change.", { target: row.id });
      mustBeOpen(row);
      const decision = { id: row.id, state: "withdrawn" as const, checker: null, refusal: null, at: call.at };
      return {
        answer: { status: 200, body: { id: row.id, state: "withdrawn" as const } },
        target: row.id,
        guard: decideChangePart(decision),
      };
    }),
});

function mustBeOpen({ id, state }: ChangeRow): void {
  if (state !== "open") throw new ProblemError("STATE_CONFLICT", `The change is ${state}.`, { target: id });
}

/** An open change that another person decides. */
async function decidable(
  ctx: ApiContext,
  { principal, params }: CallOf<"approveChange" | "refuseChange">,
): Promise<ChangeRow> {
  const row = await changeFor(ctx, principal, params.id);
  const proposed = { id: row.id, subjects: [row.maker], since: row.createdAt };
  await otherPerson(ctx.pool, principal, proposed, "You proposed this change.");
  mustBeOpen(row);
  return row;
}

/** The rest of a ratio that has begun. Nothing moves meanwhile, so what the register says now stays so. */
async function carry(ctx: ApiContext, db: Queryable, call: Carry): Promise<Outcome<Carry["route"]>> {
  const { principal, at } = call;
  const row = await changeFor(ctx, principal, call.params.id);
  const issue = mustTakeEntries(await issueForCommand(db, row.issueId));
  const { begun, busy } = await ratioProgress(db, row.id);
  if (row.kind !== "RATIO" || row.state !== "approved" || !begun || busy)
    throw new ProblemError("STATE_CONFLICT", "It has not begun, is under way, or is done.", {
      target: row.id,
    });
  const left = await leftToCarry(db, row.issueId, row.ref);
  const commands = carryCommands(row.ref, left, { signer: principal.signer!, target: issue.token });
  const operationId = newId("op", at);
  const { issueId, id: changeId } = row;
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows: commands.length, issueId, changeId },
    },
    target: row.id,
    detail: { accounts: left.length },
    work: {
      operation: {
        id: operationId,
        kind: "change.carry",
        issueId,
        subjectId: row.id,
        ...(row.checker !== null && row.checker !== principal.subject && { checker: row.checker }),
      },
      commands,
    },
  };
}

/** What stood when it was proposed may have changed since, so every requirement is checked once more. */
async function approve(
  ctx: ApiContext,
  db: Queryable,
  call: Approve,
  row: ChangeRow,
): Promise<Outcome<Approve["route"]>> {
  const { principal, at } = call;
  const issue = mustTakeEntries(await issueForCommand(db, row.issueId));
  refuseOtherDocuments(call.body.documents, documentsOf(row), row.id);
  await mustBeDue(db, row, at);
  const rows = row.kind === "REDEMPTION" ? await redemptionRows(db, row.issueId, row.facts) : [];
  refuseAccounts(await againstRedemption(db, row.issueId, rows, at), call.language, row.id);
  const { corrects } = row.facts as { corrects?: number };
  if (corrects !== undefined) await refuseUncorrectable(db, row.issueId, corrects);
  const issuer = await findParty(ctx.prisma, issue.issuerId);
  const operationId = newId("op", at);
  const signers = { issuer: issuer!.signer!, trustee: principal.signer! };
  const commands = changeCommands(row, { token: issue.token, operationId, signers, rows });
  if (commands.length === 0)
    throw new ProblemError("STATE_CONFLICT", "No unit is left to redeem.", { target: row.id });
  const checker = principal.subject;
  const decision = { id: row.id, state: "approved" as const, checker, refusal: null, at };
  return {
    answer: {
      status: 202,
      body: {
        operationId,
        state: "accepted",
        rows: commands.length,
        issueId: row.issueId,
        changeId: row.id,
      },
    },
    target: row.id,
    detail: { kind: row.kind, rows: commands.length },
    guard: decideChangePart(decision),
    work: {
      operation: {
        id: operationId,
        // A ratio is entered only when every account was carried.
        kind: row.kind === "RATIO" ? "change.begin" : "change.approve",
        issueId: row.issueId,
        subjectId: row.id,
        checker,
      },
      commands,
    },
  };
}

function documentsOf({ kind, facts }: ChangeRow) {
  const { name = "deed", sha256 } = facts as { name?: string; sha256?: string };
  return (kind === "TERMS" || kind === "DOCUMENT") && sha256 !== undefined ? [{ name, sha256 }] : [];
}

/** @throws ProblemError NOT_YET_DUE for a policy that holders and brokers have not seen for a day, NOT_YET_SETTLED */
async function mustBeDue(db: Queryable, { id, kind, facts }: ChangeRow, at: Date): Promise<void> {
  if (isNoticed(kind)) {
    const proposed = await proposedAt(db, id);
    const from = proposed && new Date(proposed.getTime() + policyDelayMs);
    if (from === null || at < from) {
      const when =
        from === null
          ? "The chain does not have the proposal yet."
          : `It may be approved from ${from.toISOString()} on.`;
      throw new ProblemError("NOT_YET_DUE", when, { target: id });
    }
  }
  const { paidOn } = facts as { paidOn?: string };
  if (paidOn !== undefined && dayOf(paidOn) > jstDay(at))
    throw new ProblemError("NOT_YET_SETTLED", `The money is paid on ${paidOn}.`, { target: id });
}
