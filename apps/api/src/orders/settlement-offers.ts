import { instructionIdOf, legIdOf } from "@genbo/chain/settlements";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { NewLeg, NewSettlement } from "@genbo/database/issues/settlements";
import { type OrderFacts, orderFacts } from "@genbo/database/issues/transfers-facts";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId, refOf } from "@genbo/domain/ids";
import { dayOf, startOfDay } from "@genbo/domain/jst";
import { zeroAddress } from "@genbo/domain/words";
import type { ApiContext } from "../context.ts";
import type { CallOf } from "../http/call.ts";
import { invalidField, ProblemError } from "../http/problem.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { partyOfKind } from "../parties/party-of-kind.ts";
import { deploymentOf } from "../process/deployment.ts";
import { type OrderLeg, refuseLegs } from "./settlement-rules.ts";
import { deadlineOf, holdCommand, instructionOf, latestDeadline } from "./settlements.ts";
import { beforeIssueDetail, isBeforeIssue, strayDate, strayDetail } from "./transfer-requests.ts";

type Call = CallOf<"offerSettlement">;
type Leg = Call["body"]["legs"][number];
type UnitsLeg = Extract<Leg, { kind: "UNITS" }>;

/** An accepted offer: its row, and the holds of the units that the caller gives. */
export interface Offer {
  settlement: NewSettlement;
  commands: NewCommand[];
}

/** What an offer names, looked up: a leg with both its sides. */
type Drafted = Omit<NewLeg, "holdId"> & { order?: OrderLeg };

/** @throws ProblemError for terms that cannot settle, and with every rule that stands against the units */
export async function draftSettlement(ctx: ApiContext, db: Queryable, call: Call): Promise<Offer> {
  const { body, principal, at } = call;
  const deadline = checkDates(call);
  const deployment = await deploymentOf(db);
  if (body.agentId !== undefined) await partyOfKind(ctx, body.agentId, "settlement-agent", "/agentId");
  const units = body.legs.filter((leg): leg is UnitsLeg => leg.kind === "UNITS");
  const facts = new Map((await orderFacts(db, units)).map((found, index) => [units[index]!, found]));
  if ([...facts.values()].some((each) => each.issue !== null && isBeforeIssue(body, each)))
    throw invalidField("/tradeDate", beforeIssueDetail);
  const legs: Drafted[] = [];
  for (const [index, leg] of body.legs.entries())
    legs.push(
      leg.kind === "UNITS"
        ? unitsLeg(leg, facts.get(leg)!, principal.partyId, index)
        : await moneyLeg(ctx, leg, deployment, index),
    );
  const own = legs.filter(({ kind, fromParty }) => kind === "UNITS" && fromParty === principal.partyId);
  if (own.length === 0) throw new ProblemError("NOT_CUSTODIAN", "You keep no account that gives units.");
  refuseLegs(
    legs.flatMap(({ order }) => order ?? []),
    { call, deadline, target: units[0]!.issueId },
  );
  const id = newId("stl", at);
  const ref = refOf(id);
  const trusteeId = oneTrustee([...facts.values()]);
  const named = withIds(ref, deadline, legs, deployment);
  const settlement: NewSettlement = {
    id,
    ref,
    ...named,
    trusteeId,
    agentId: body.agentId ?? null,
    partyId: principal.partyId,
    tradeDate: body.tradeDate,
    settlementDate: body.settlementDate,
    deadline,
    maker: principal.subject,
    at,
    sides: [...new Set(legs.flatMap(({ fromParty, toParty }) => [fromParty, toParty]))],
    // The two halves of a joint request (Trust Act 198(2)) are two persons', at one broker too.
    agrees: !own.some(({ toParty }) => toParty === principal.partyId),
  };
  const terms = { ...settlement, signer: principal.signer!, settlement: deployment.settlement };
  const commands = settlement.legs
    .filter(({ kind, fromParty }) => kind === "UNITS" && fromParty === principal.partyId)
    .map((leg) => holdCommand({ ...leg, fromAccount: leg.from, toAccount: leg.to }, terms));
  return { settlement, commands };
}

function checkDates({ body, at }: Call): Date {
  const stray = strayDate(body, at);
  if (stray !== undefined) throw invalidField(`/${stray}`, strayDetail);
  const deadline = deadlineOf(body.deadline, body.settlementDate);
  if (deadline <= at) throw invalidField("/deadline", "has passed");
  if (deadline < startOfDay(dayOf(body.settlementDate)))
    throw invalidField("/deadline", "lies before the settlement date");
  if (deadline > latestDeadline(body.settlementDate))
    throw invalidField("/deadline", "lies too long after the settlement date");
  return deadline;
}

function unitsLeg(leg: UnitsLeg, facts: OrderFacts, offeredBy: string, index: number): Drafted {
  const { issueId, from, to, units, lotAcquiredOn = null } = leg;
  const { token } = mustTakeEntries(facts.issue, `/legs/${index}/issueId`);
  const [fromParty, toParty] = [facts.from.brokerId, facts.to.brokerId];
  if (fromParty === null) throw invalidField(`/legs/${index}/from`, "is kept by no broker");
  if (toParty === null) throw invalidField(`/legs/${index}/to`, "is kept by no broker");
  // One person would agree for both of them.
  if (fromParty === toParty && fromParty !== offeredBy)
    throw invalidField(
      `/legs/${index}/to`,
      "is kept by the broker that gives, which offers such units itself",
    );
  const order = { issueId, from, to, units, facts, keeper: fromParty, lotAcquiredOn: leg.lotAcquiredOn };
  return {
    kind: "UNITS",
    issueId,
    asset: token,
    from,
    to,
    fromParty,
    toParty,
    amount: units,
    lotAcquiredOn,
    order,
  };
}

/** Brokers pay each other for their customers: a payment names their signers. */
async function moneyLeg(
  ctx: ApiContext,
  leg: Exclude<Leg, UnitsLeg>,
  deployment: DeploymentRow,
  index: number,
): Promise<Drafted> {
  const signerOf = async (field: "payerId" | "payeeId") =>
    (await partyOfKind(ctx, leg[field], "broker", `/legs/${index}/${field}`)).signer!;
  const [from, to] = [await signerOf("payerId"), await signerOf("payeeId")];
  const asset = leg.kind === "CASH" ? deployment.cash : zeroAddress;
  if (asset === null)
    throw invalidField(`/legs/${index}/kind`, "is CASH, and this platform has no cash on chain");
  const sides = { from, to, fromParty: leg.payerId, toParty: leg.payeeId };
  return { kind: leg.kind, issueId: null, asset, ...sides, amount: leg.yen, lotAcquiredOn: null };
}

function oneTrustee(facts: readonly OrderFacts[]): string {
  const trustees = new Set(facts.map(({ issue }) => issue!.trusteeId));
  if (trustees.size > 1) throw invalidField("/legs", "move units of issues with different trustees");
  return [...trustees][0]!;
}

/** The ids that the contract gives to these terms and to each of their holds. */
function withIds(
  ref: string,
  deadline: Date,
  legs: readonly Drafted[],
  { chainId, settlement }: DeploymentRow,
): Pick<NewSettlement, "instructionId" | "legs"> {
  const terms = legs.map((leg) => ({ ...leg, fromAccount: leg.from, toAccount: leg.to }));
  const instructionId = instructionIdOf(chainId, settlement, instructionOf({ ref, deadline, legs: terms }));
  return {
    instructionId,
    legs: legs.map(({ order: _, ...leg }, index) => ({
      ...leg,
      holdId: leg.kind === "UNITS" ? legIdOf(instructionId, index) : null,
    })),
  };
}
