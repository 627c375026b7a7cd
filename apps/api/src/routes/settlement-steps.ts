import type { accepted, OperationKind } from "@genbo/api-schema/operations";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { Part } from "@genbo/database/commands/statement";
import {
  acceptPart,
  attestPart,
  decideSettlementPart,
  findSettlement,
  idleSettlementPart,
  type SettlementRow,
} from "@genbo/database/issues/settlements";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { newId, refOf } from "@genbo/domain/ids";
import type { z } from "zod";
import { otherPerson } from "../access/four-eyes.ts";
import { settlementView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { executable, legOrders, refuseLegs, refuseServed } from "../orders/settlement-rules.ts";
import {
  holdCommand,
  instructionOf,
  isoOf,
  type LegRow,
  needsApproval,
  settleCommand,
  unitsIn,
  wantsOfRow,
} from "../orders/settlements.ts";

type Routes =
  | "acceptSettlement"
  | "approveSettlement"
  | "rejectSettlement"
  | "attestPayment"
  | "settleNow"
  | "takeBack";
type Step = CallOf<Routes>;

export const settlementStepHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  acceptSettlement: (call) =>
    command(ctx, call, async (db) => {
      const row = await openSettlement(ctx, call);
      const { partyId, subject, signer } = call.principal;
      const side = row.sides.find((each) => each.partyId === partyId);
      if (side === undefined) throw notFound();
      await anotherPerson(ctx, call, row);
      offeredIsHeld(row);
      const given = row.legs.filter((leg) => leg.fromParty === partyId && leg.state === "pending");
      const units = given.filter(({ kind }) => kind === "UNITS");
      await refuseServed(db, unitsIn(row), call, row.id);
      refuseLegs(await legOrders(db, units), { call, deadline: row.deadline, target: row.id });
      const { settlement } = (await readDeployment(db))!;
      const terms = {
        signer: signer!,
        settlement,
        deadline: row.deadline,
        tradeDate: isoOf(row.tradeDate),
        settlementDate: isoOf(row.settlementDate),
      };
      const operationId = newId("op", call.at);
      const holds = units.map((leg) =>
        holdCommand({ ...leg, lotAcquiredOn: leg.lotAcquiredOn && isoOf(leg.lotAcquiredOn) }, terms),
      );
      const funds = given
        .filter(({ kind }) => kind === "CASH")
        .map(
          ({ leg }, index): NewCommand => ({
            signer: signer!,
            call: "fund",
            target: null,
            ref: refOf(operationId, holds.length + index),
            args: { instruction: instructionOf(row), leg },
          }),
        );
      const guard = acceptPart({ id: row.id, partyId, subject, at: call.at });
      const commands = [...holds, ...funds];
      if (commands.length > 0) return step(row, "settlement.accept", guard, commands, operationId);
      return {
        answer: { status: 200 as const, body: { id: row.id, state: "open" as const } },
        target: row.id,
        guard,
      };
    }),
  approveSettlement: (call) =>
    command(ctx, call, async (db) => {
      const row = await openSettlement(ctx, call);
      await anotherPerson(ctx, call, row);
      offeredIsHeld(row);
      const legs = row.legs.filter((leg) => leg.state === "held" && needsApproval(leg));
      if (legs.length === 0) throw conflict(row, "None of its legs waits for an approval.");
      if (row.legs.some(({ kind, state }) => kind === "UNITS" && state === "pending"))
        throw new ProblemError("NOT_YET_HELD", "Another side's units are not held yet.", { target: row.id });
      await executable(db, legs, call, row.id);
      return decide(call, row, "settlement.approve", legs, null);
    }),
  rejectSettlement: (call) =>
    command(ctx, call, async () => {
      const row = await settlementFor(ctx, call);
      isOpen(row);
      await anotherPerson(ctx, call, row);
      offeredIsHeld(row);
      const legs = row.legs.filter(({ state }) => state === "held" || state === "approved");
      return decide(call, row, "settlement.reject", legs, call.body.reason);
    }),
  attestPayment: (call) =>
    command(ctx, call, async (db) => {
      const row = await openSettlement(ctx, call);
      const { leg, evidence } = call.body;
      const paid = row.legs[leg];
      if (paid?.kind !== "BANK" || paid.state !== "pending")
        throw conflict(row, `Leg ${leg} waits for no bank transfer.`);
      if (row.sides.some(({ acceptedAt }) => acceptedAt === null))
        throw conflict(row, "Not every side has agreed yet.");
      await refuseServed(db, unitsIn(row), call, row.id);
      const operationId = newId("op", call.at);
      const attest: NewCommand = {
        signer: call.principal.signer!,
        call: "attest",
        target: null,
        ref: refOf(operationId, 0),
        args: { instruction: instructionOf(row), leg, evidence: `0x${evidence}` },
      };
      const guard = attestPart({ id: row.id, leg, evidence });
      return step(row, "settlement.attest", guard, [attest], operationId);
    }),
  settleNow: (call) =>
    command(ctx, call, async (db) => {
      const row = await openSettlement(ctx, call);
      const wants = wantsOfRow(row, call.at);
      if (wants.length > 0 && wants.every((want) => want === "SETTLEMENT_DATE")) {
        throw new ProblemError("NOT_YET_SETTLED", `It settles on ${isoOf(row.settlementDate)}.`, {
          target: row.id,
        });
      }
      if (wants.length > 0) throw conflict(row, `It waits for ${wants.join(", ")}.`);
      const units = row.legs.filter(({ kind }) => kind === "UNITS");
      await executable(db, units, call, row.id);
      const commands = [settleCommand(row, call.principal.signer!)];
      return step(row, "settlement.settle", idleSettlementPart(row.id), commands, newId("op", call.at));
    }),
  takeBack: (call) =>
    command(ctx, call, async () => {
      const row = await settlementFor(ctx, call);
      isOpen(row);
      if (call.at <= row.deadline)
        throw new ProblemError("NOT_YET_DUE", `Its deadline is ${row.deadline.toISOString()}.`, {
          target: row.id,
        });
      const operationId = newId("op", call.at);
      const own = row.legs.filter((leg) => leg.fromParty === call.principal.partyId && isIn(leg));
      if (own.length === 0) throw conflict(row, "Nothing of yours is in it.");
      const instruction = instructionOf(row);
      const commands = own.map(
        ({ kind, leg, asset, holdId }, index): NewCommand => ({
          signer: call.principal.signer!,
          call: "giveBack",
          target: kind === "UNITS" ? asset : null,
          ref: holdId ?? refOf(operationId, index),
          args: { instruction, leg },
        }),
      );
      return step(row, "settlement.return", idleSettlementPart(row.id), commands, operationId);
    }),
});

/** What can go back on chain; a bank's money goes back through the bank. */
const isIn = ({ kind, state }: LegRow): boolean =>
  state === "held" || state === "approved" || (state === "paid" && kind === "CASH");

async function settlementFor(ctx: ApiContext, { principal, params }: Step): Promise<SettlementRow> {
  const row = await findSettlement(ctx.prisma, settlementView(principal), params.id);
  if (row === null) throw notFound();
  return row;
}

const conflict = ({ id }: SettlementRow, detail: string) =>
  new ProblemError("STATE_CONFLICT", detail, { target: id });

function isOpen(row: SettlementRow): void {
  if (row.state !== "open") throw conflict(row, `The settlement is ${row.state}.`);
}

/** An open settlement that can still be settled. */
async function openSettlement(ctx: ApiContext, call: Step): Promise<SettlementRow> {
  const row = await settlementFor(ctx, call);
  isOpen(row);
  if (call.at > row.deadline)
    throw new ProblemError("DEADLINE_PASSED", `Its deadline was ${row.deadline.toISOString()}.`, {
      target: row.id,
    });
  return row;
}

/** Each side's and the trustee's word is another person's, as in every joint request (Trust Act 198(2)). */
const anotherPerson = (ctx: ApiContext, { principal }: Step, row: SettlementRow): Promise<void> => {
  const others = row.sides.filter(({ partyId }) => partyId !== principal.partyId || partyId === row.partyId);
  const subjects = [row.maker, ...others.map(({ acceptor }) => acceptor)];
  return otherPerson(
    ctx.pool,
    principal,
    { id: row.id, subjects, since: row.createdAt },
    "You offered it, or agreed to it.",
  );
};

/** Nobody agrees to units that the chain may yet refuse. */
function offeredIsHeld(row: SettlementRow): void {
  const offered = row.legs.filter(({ kind, fromParty }) => kind === "UNITS" && fromParty === row.partyId);
  if (offered.some(({ state }) => state === "pending"))
    throw new ProblemError("NOT_YET_HELD", "The offer's operation is not entered yet.", { target: row.id });
}

function decide(
  call: CallOf<"approveSettlement" | "rejectSettlement">,
  row: SettlementRow,
  kind: "settlement.approve" | "settlement.reject",
  legs: readonly LegRow[],
  reason: string | null,
) {
  const { signer, subject: checker } = call.principal;
  const calls = { "settlement.approve": "approveTransfers", "settlement.reject": "rejectTransfers" };
  const commands = legs.map(
    ({ asset, holdId }): NewCommand => ({
      signer: signer!,
      call: calls[kind],
      target: asset,
      ref: holdId!,
      args: {},
    }),
  );
  const guard = decideSettlementPart({ id: row.id, checker, reason });
  return step(row, kind, guard, commands, newId("op", call.at), checker);
}

/** What every step decides that ends on chain. */
type Stepped = Omit<Outcome<Step["route"]>, "answer"> & {
  answer: { status: 202; body: z.input<typeof accepted> };
};

function step(
  row: SettlementRow,
  kind: OperationKind,
  guard: Part,
  commands: readonly NewCommand[],
  operationId: string,
  checker?: string,
): Stepped {
  const issueId = row.legs.find((leg) => leg.kind === "UNITS")!.issueId!;
  const rows = commands.length;
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows, issueId, settlementId: row.id },
    },
    target: row.id,
    guard,
    operation: {
      id: operationId,
      kind,
      issueId,
      subjectId: row.id,
      ...(checker !== undefined && { checker }),
    },
    commands,
  };
}
