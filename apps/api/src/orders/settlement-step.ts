import type { accepted, OperationKind } from "@genbo/api-schema/operations";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { Part } from "@genbo/database/commands/statement";
import { findSettlement, type SettlementRow } from "@genbo/database/issues/settlements";
import type { z } from "zod";
import { otherPerson } from "../access/four-eyes.ts";
import { settlementView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf } from "../http/call.ts";
import type { Outcome } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";

export type SettlementSteps =
  | "acceptSettlement"
  | "approveSettlement"
  | "rejectSettlement"
  | "attestPayment"
  | "settleNow"
  | "takeBack";
type Step = CallOf<SettlementSteps>;

/** A settlement that the caller sees, and that is not decided: its deadline may have passed. */
export async function openSettlement(ctx: ApiContext, { principal, params }: Step): Promise<SettlementRow> {
  const row = await findSettlement(ctx.prisma, settlementView(principal), params.id);
  if (row === null) throw notFound();
  if (row.state !== "open") throw conflict(row, `The settlement is ${row.state}.`);
  return row;
}

export const conflict = ({ id }: SettlementRow, detail: string) =>
  new ProblemError("STATE_CONFLICT", detail, { target: id });

/** An open settlement that can still be settled. */
export async function liveSettlement(ctx: ApiContext, call: Step): Promise<SettlementRow> {
  const row = await openSettlement(ctx, call);
  if (call.at > row.deadline)
    throw new ProblemError("DEADLINE_PASSED", `Its deadline was ${row.deadline.toISOString()}.`, {
      target: row.id,
    });
  return row;
}

/**
 * Each side's and the trustee's word is another person's, as in every joint request (Trust Act 198(2)), whichever of them
 * comes first. What the chain refused the same person at the trustee may decide again.
 */
export const anotherPerson = (ctx: ApiContext, { principal }: Step, row: SettlementRow): Promise<void> => {
  const others = row.sides.filter(({ partyId }) => partyId !== principal.partyId || partyId === row.partyId);
  const isSide = row.sides.some(({ partyId }) => partyId === principal.partyId);
  const subjects = [row.maker, ...others.map(({ acceptor }) => acceptor), isSide ? row.checker : null];
  return otherPerson(
    ctx.pool,
    principal,
    { id: row.id, subjects, since: row.createdAt },
    "You offered it, or agreed to it.",
  );
};

/** That the money has come is another person's word than the payer's. */
export const notOfPayer = (
  ctx: ApiContext,
  { principal }: Step,
  row: SettlementRow,
  payerId: string,
): Promise<void> => {
  const own = row.sides.filter(({ partyId }) => partyId === payerId).map(({ acceptor }) => acceptor);
  const subjects = payerId === row.partyId ? [row.maker, ...own] : own;
  return otherPerson(
    ctx.pool,
    principal,
    { id: row.id, subjects, since: row.createdAt },
    "You agreed to it for who pays.",
  );
};

/** Nobody agrees to units that the chain may yet refuse. */
export function mustHoldOffered(row: SettlementRow): void {
  const offered = row.legs.filter(({ kind, fromParty }) => kind === "UNITS" && fromParty === row.partyId);
  if (offered.some(({ state }) => state === "pending"))
    throw new ProblemError("NOT_YET_HELD", "The offer's operation is not entered yet.", { target: row.id });
}

/** What every step decides that ends on chain. */
type Stepped = Omit<Outcome<Step["route"]>, "answer"> & {
  answer: { status: 202; body: z.input<typeof accepted> };
};

export function step(
  row: SettlementRow,
  kind: OperationKind,
  guard: Part,
  commands: readonly NewCommand[],
  operationId: string,
  checker?: string,
): Stepped {
  const issueId = row.legs.find((leg) => leg.kind === "UNITS")!.issueId!;
  const rows = commands.length;
  const subjectId = row.id;
  return {
    answer: { status: 202, body: { operationId, state: "accepted", rows, issueId, settlementId: row.id } },
    target: row.id,
    guard,
    work: {
      operation: { id: operationId, kind, issueId, subjectId, ...(checker !== undefined && { checker }) },
      commands,
    },
  };
}
