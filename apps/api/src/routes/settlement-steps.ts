import type { NewCommand } from "@genbo/database/commands/operations-new";
import {
  acceptPart,
  attestPart,
  decideSettlementPart,
  idleSettlementPart,
  type SettlementRow,
} from "@genbo/database/issues/settlements";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId, refOf } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { legOrders, mustBeExecutable, refuseLegs, refuseServed } from "../orders/settlement-rules.ts";
import {
  anotherPerson,
  conflict,
  liveSettlement,
  mustHoldOffered,
  notOfPayer,
  openSettlement,
  type SettlementSteps,
  step,
} from "../orders/settlement-step.ts";
import {
  holdCommand,
  instructionOf,
  type LegRow,
  needsApproval,
  settleCommand,
  unitsIn,
  wantsOfRow,
} from "../orders/settlements.ts";
import { deploymentOf } from "../process/deployment.ts";
import { dayWire } from "../wire/day.ts";

export const settlementStepHandlers = (ctx: ApiContext): Handlers<SettlementSteps> => ({
  acceptSettlement: (call) => command(ctx, call, (db) => accept(ctx, db, call)),
  approveSettlement: (call) => command(ctx, call, (db) => approve(ctx, db, call)),
  rejectSettlement: (call) => command(ctx, call, () => reject(ctx, call)),
  attestPayment: (call) => command(ctx, call, (db) => attest(ctx, db, call)),
  settleNow: (call) => command(ctx, call, (db) => settle(ctx, db, call)),
  takeBack: (call) => command(ctx, call, () => takeBack(ctx, call)),
});

async function accept(ctx: ApiContext, db: Queryable, call: CallOf<"acceptSettlement">) {
  const row = await liveSettlement(ctx, call);
  const { partyId, subject, signer } = call.principal;
  const side = row.sides.find((each) => each.partyId === partyId);
  if (side === undefined) throw notFound();
  await anotherPerson(ctx, call, row);
  mustHoldOffered(row);
  const given = row.legs.filter((leg) => leg.fromParty === partyId && leg.state === "pending");
  const units = given.filter(({ kind }) => kind === "UNITS");
  await refuseServed(db, unitsIn(row), call, row.id);
  refuseLegs(await legOrders(db, units), { call, deadline: row.deadline, target: row.id });
  const { settlement } = await deploymentOf(db);
  const terms = {
    signer: signer!,
    settlement,
    deadline: row.deadline,
    tradeDate: dayWire(row.tradeDate),
    settlementDate: dayWire(row.settlementDate),
  };
  const operationId = newId("op", call.at);
  const holds = units.map((leg) =>
    holdCommand({ ...leg, lotAcquiredOn: leg.lotAcquiredOn && dayWire(leg.lotAcquiredOn) }, terms),
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
}

async function approve(ctx: ApiContext, db: Queryable, call: CallOf<"approveSettlement">) {
  const row = await liveSettlement(ctx, call);
  await anotherPerson(ctx, call, row);
  mustHoldOffered(row);
  const legs = row.legs.filter((leg) => leg.state === "held" && needsApproval(leg));
  if (legs.length === 0) throw conflict(row, "None of its legs waits for an approval.");
  if (row.legs.some(({ kind, state }) => kind === "UNITS" && state === "pending"))
    throw new ProblemError("NOT_YET_HELD", "Another side's units are not held yet.", { target: row.id });
  await mustBeExecutable(db, legs, call, row.id);
  return decide(call, row, "settlement.approve", legs, null);
}

async function reject(ctx: ApiContext, call: CallOf<"rejectSettlement">) {
  const row = await openSettlement(ctx, call);
  await anotherPerson(ctx, call, row);
  mustHoldOffered(row);
  const legs = row.legs.filter(({ state }) => state === "held" || state === "approved");
  return decide(call, row, "settlement.reject", legs, call.body.reason);
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

async function attest(ctx: ApiContext, db: Queryable, call: CallOf<"attestPayment">) {
  const row = await liveSettlement(ctx, call);
  const { leg, evidence } = call.body;
  const paid = row.legs[leg];
  if (paid?.kind !== "BANK" || paid.state !== "pending")
    throw conflict(row, `Leg ${leg} waits for no bank transfer.`);
  if (row.sides.some(({ acceptedAt }) => acceptedAt === null))
    throw conflict(row, "Not every side has agreed yet.");
  await notOfPayer(ctx, call, row, paid.fromParty);
  await refuseServed(db, unitsIn(row), call, row.id);
  const operationId = newId("op", call.at);
  const attestation: NewCommand = {
    signer: call.principal.signer!,
    call: "attest",
    target: null,
    ref: refOf(operationId, 0),
    args: { instruction: instructionOf(row), leg, evidence: `0x${evidence}` },
  };
  const guard = attestPart({ id: row.id, leg, evidence });
  return step(row, "settlement.attest", guard, [attestation], operationId);
}

async function settle(ctx: ApiContext, db: Queryable, call: CallOf<"settleNow">) {
  const row = await liveSettlement(ctx, call);
  const wants = wantsOfRow(row, call.at);
  if (wants.length > 0 && wants.every((want) => want === "SETTLEMENT_DATE")) {
    throw new ProblemError("NOT_YET_SETTLED", `It settles on ${dayWire(row.settlementDate)}.`, {
      target: row.id,
    });
  }
  if (wants.length > 0) throw conflict(row, `It waits for ${wants.join(", ")}.`);
  const units = row.legs.filter(({ kind }) => kind === "UNITS");
  await mustBeExecutable(db, units, call, row.id);
  const commands = [settleCommand(row, call.principal.signer!)];
  return step(row, "settlement.settle", idleSettlementPart(row.id), commands, newId("op", call.at));
}

async function takeBack(ctx: ApiContext, call: CallOf<"takeBack">) {
  const row = await openSettlement(ctx, call);
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
}

/** What can go back on chain; a bank's money goes back through the bank. */
const isIn = ({ kind, state }: LegRow): boolean =>
  state === "held" || state === "approved" || (state === "paid" && kind === "CASH");
