import { consentWalletsMax } from "@genbo/chain/commands";
import { isConstraint } from "@genbo/database/commands/commands";
import { operationIdsAbout } from "@genbo/database/commands/operations";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { CustodyChangeRow } from "@genbo/database/legal/custody-changes";
import {
  consentPart,
  consentStates,
  custodyChangeConstraint,
  custodyChangePart,
  decideCustodyPart,
  findCustodyChange,
  listCustodyChanges,
  type PledgeInFavour,
  pledgesInFavour,
  trusteesOfAccounts,
} from "@genbo/database/legal/custody-changes";
import { custodyOperation } from "@genbo/database/legal/custody-changes-settle";
import { investorAccounts } from "@genbo/database/parties/investor-accounts";
import { customerForChange, customersByNumber, investorForChange } from "@genbo/database/parties/investors";
import type { Principal } from "@genbo/database/parties/keys";
import { findParty } from "@genbo/database/parties/parties";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestCommitments } from "@genbo/database/vault/vault";
import { newId, refOf } from "@genbo/domain/ids";
import { otherPerson } from "../access/four-eyes.ts";
import { custodyView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { refuseFaults } from "../legal/legal-cases.ts";
import { filedWith, refuseOtherDocuments } from "../legal/seen-documents.ts";
import { partyOfKind } from "../parties/party-of-kind.ts";
import { recordCommand, recordOf } from "../parties/records.ts";
import { custodyWire } from "../wire/custody.ts";

type Routes =
  | "fileCustodyChange"
  | "listCustodyChanges"
  | "getCustodyChange"
  | "consentToCustodyChange"
  | "approveCustodyChange"
  | "refuseCustodyChange"
  | "withdrawCustodyChange";
type Approval = CallOf<"approveCustodyChange">;
type Filing = CallOf<"fileCustodyChange">;
type Consent = CallOf<"consentToCustodyChange">;
type Withdrawal = CallOf<"withdrawCustodyChange">;

export const custodyHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  fileCustodyChange: (call) =>
    oneAtATime(() => command(ctx, call, (db) => file(ctx, db, call), { long: true })),
  listCustodyChanges: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listCustodyChanges(ctx.prisma, custodyView(principal), query);
    return { status: 200, body: { ...pageOf(rows, query.limit, custodyWire, ({ id }) => id), asOf } };
  },
  getCustodyChange: async ({ principal, params }) => {
    const asOf = await presentAsOf(ctx);
    const row = await changeFor(ctx, principal, params.id);
    const operationIds = await operationIdsAbout(ctx.prisma, row.id);
    return { status: 200, body: { ...custodyWire(row), operationIds, asOf } };
  },
  consentToCustodyChange: (call) => command(ctx, call, (db) => consent(ctx, db, call)),
  approveCustodyChange: (call) => command(ctx, call, (db) => approve(ctx, db, call), { long: true }),
  refuseCustodyChange: (call) =>
    command(ctx, call, async () => {
      const row = await decidable(ctx, call);
      const { reason } = call.body;
      const checker = call.principal.subject;
      return {
        answer: { status: 200, body: { id: row.id, state: "refused" as const } },
        target: row.id,
        guard: decideCustodyPart({ id: row.id, state: "refused", checker, reason, at: call.at }),
      };
    }),
  withdrawCustodyChange: (call) => command(ctx, call, () => withdraw(ctx, call)),
});

async function changeFor(ctx: ApiContext, principal: Principal, id: string): Promise<CustodyChangeRow> {
  const row = await findCustodyChange(ctx.prisma, custodyView(principal), id);
  if (row === null) throw notFound();
  return row;
}

function mustBe({ id, state }: CustodyChangeRow, ...states: string[]): void {
  if (!states.includes(state)) throw new ProblemError("STATE_CONFLICT", `It is ${state}.`, { target: id });
}

async function oneAtATime<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isConstraint(error, custodyChangeConstraint)) throw error;
    throw new ProblemError("STATE_CONFLICT", "The customer has a custody change that is not decided.");
  }
}

/** What a side says on the chain: that the accounts go to custodian `to`, or no longer. */
const consentCommand = (
  { signer }: Principal,
  operationId: string,
  wallets: readonly string[],
  to: number,
  consents: boolean,
): NewCommand => ({
  signer: signer!,
  call: "consentToMove",
  target: null,
  ref: refOf(operationId, 0),
  args: { wallets, to, consents },
});

const operationOf = (id: string, kind: "custody.consent" | "custody.approve", subjectId: string) => ({
  id,
  kind,
  issueId: null,
  subjectId,
});

async function brokerOf(ctx: ApiContext, brokerId: string) {
  const { custodianId, signer } = (await findParty(ctx.prisma, brokerId))!;
  return { custodianId: custodianId!, signer: signer! };
}

/** A pledge in favour of a customer that goes is the receiving broker's to end; the keeping one has said so by its filing. */
const handOver = ({ id, token }: PledgeInFavour, signer: string, controller: string): NewCommand => ({
  signer,
  call: "changeController",
  target: token,
  ref: id,
  args: { holdId: id, controller },
});

async function file(
  ctx: ApiContext,
  db: Queryable,
  { principal, body, at }: Filing,
): Promise<Outcome<Filing["route"]>> {
  const investor = await customerForChange(db, principal.partyId, body.investorId);
  if (investor === undefined) throw notFound("/investorId");
  const receiver = await partyOfKind(ctx, body.toBrokerId, "broker", "/toBrokerId");
  if (receiver.id === principal.partyId) throw invalidField("/toBrokerId", "is not another broker");
  const accounts = (await investorAccounts(db, investor.id))
    .filter(({ custodianId, flags }) => custodianId === principal.custodianId && flags !== null)
    .map(({ address }) => address);
  // One transaction of the chain carries one side's consent.
  if (accounts.length === 0 || accounts.length > consentWalletsMax)
    throw invalidField(
      "/investorId",
      `is of a customer without 1 to ${consentWalletsMax} registered accounts`,
    );
  const id = newId("cus", at);
  const operationId = newId("op", at);
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows: 1, custodyChangeId: id },
    },
    target: id,
    detail: { investorId: investor.id, toBrokerId: receiver.id, accounts: accounts.length },
    writes: [
      custodyChangePart({
        id,
        investorId: investor.id,
        fromBrokerId: principal.partyId,
        toBrokerId: receiver.id,
        accounts,
        documents: body.documents,
        fromExternalId: investor.externalId,
        maker: principal.subject,
        at,
      }),
    ],
    work: {
      operation: operationOf(operationId, "custody.consent", id),
      commands: [consentCommand(principal, operationId, accounts, receiver.custodianId!, true)],
    },
  };
}

async function consent(
  ctx: ApiContext,
  db: Queryable,
  { principal, params, body, at }: Consent,
): Promise<Outcome<Consent["route"]>> {
  const row = await changeFor(ctx, principal, params.id);
  if (row.toBrokerId !== principal.partyId)
    throw new ProblemError("FORBIDDEN", "The receiving broker consents.", { target: row.id });
  const filed = { id: row.id, subjects: [row.maker], since: row.createdAt };
  await otherPerson(ctx.pool, principal, filed, "You filed this change.");
  mustBe(row, "open");
  refuseOtherDocuments(body.documents, filedWith(row), row.id);
  const own = await customersByNumber(db, principal.partyId, [body.externalId]);
  if (own.size > 0)
    throw new ProblemError("ALREADY_EXISTS", "Another customer has this number.", { pointer: "/externalId" });
  const operationId = newId("op", at);
  return {
    answer: { status: 202, body: { operationId, state: "accepted", rows: 1, custodyChangeId: row.id } },
    target: row.id,
    guard: consentPart({ id: row.id, externalId: body.externalId, acceptor: principal.subject, at }),
    work: {
      operation: operationOf(operationId, "custody.consent", row.id),
      commands: [consentCommand(principal, operationId, row.accounts, principal.custodianId!, true)],
    },
  };
}

/** A change that a trustee of what the customer holds decides, by another person than both brokers'. */
async function decidable(
  ctx: ApiContext,
  { principal, params }: Approval | CallOf<"refuseCustodyChange">,
): Promise<CustodyChangeRow> {
  const row = await changeFor(ctx, principal, params.id);
  const trustees = await trusteesOfAccounts(ctx.pool, row.accounts);
  if (trustees.length > 0 && !trustees.includes(principal.partyId))
    throw new ProblemError("FORBIDDEN", "A trustee of what the customer holds decides.", { target: row.id });
  const parts = { id: row.id, subjects: [row.maker, row.acceptor], since: row.createdAt };
  await otherPerson(ctx.pool, principal, parts, "You spoke for one of the brokers.");
  mustBe(row, "open", "consented");
  return row;
}

async function approve(ctx: ApiContext, db: Queryable, call: Approval): Promise<Outcome<Approval["route"]>> {
  const { principal, language, at } = call;
  const row = await decidable(ctx, call);
  refuseOtherDocuments(call.body.documents, filedWith(row), row.id);
  const consents = await consentStates(db, row.id);
  const both = row.state === "consented" && consents.length === 2 && consents.every((of) => of === "entered");
  refuseFaults(both ? [] : ["CUSTODIAN_CONSENT_MISSING"], language, row.id);
  const investor = (await investorForChange(db, row.investorId))!;
  const [from, to] = [await brokerOf(ctx, row.fromBrokerId), await brokerOf(ctx, row.toBrokerId)];
  const accounts = await investorAccounts(db, investor.id);
  const kept = accounts.filter(({ custodianId }) => custodianId === from.custodianId);
  if (kept.length !== row.accounts.length || kept.some(({ address }) => !row.accounts.includes(address)))
    throw new ProblemError("STATE_CONFLICT", "The customer's accounts changed since: file it again.", {
      target: row.id,
    });
  const commitment = (await latestCommitments(db, [investor.personId])).get(investor.personId)!;
  const moved = kept.map((account) => ({ ...account, custodianId: to.custodianId }));
  const pledges = await pledgesInFavour(db, row.accounts, from.signer);
  const commands = [
    ...moved.map((account) => recordCommand(recordOf(investor, account, commitment, at), principal.signer!)),
    ...pledges.map((pledge) => handOver(pledge, from.signer, to.signer)),
  ];
  const operationId = newId("op", at);
  const checker = principal.subject;
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows: commands.length, custodyChangeId: row.id },
    },
    target: row.id,
    detail: { accounts: kept.length, pledges: pledges.length },
    guard: decideCustodyPart({ id: row.id, state: "approved", checker, reason: null, at }),
    work: { operation: operationOf(operationId, custodyOperation, row.id), commands },
  };
}

async function withdraw(
  ctx: ApiContext,
  { principal, params, at }: Withdrawal,
): Promise<Outcome<Withdrawal["route"]>> {
  const row = await changeFor(ctx, principal, params.id);
  mustBe(row, "open", "consented");
  const operationId = newId("op", at);
  const { custodianId: to } = await brokerOf(ctx, row.toBrokerId);
  return {
    answer: { status: 202, body: { operationId, state: "accepted", rows: 1, custodyChangeId: row.id } },
    target: row.id,
    guard: decideCustodyPart({ id: row.id, state: "withdrawn", checker: null, reason: null, at }),
    work: {
      operation: operationOf(operationId, "custody.consent", row.id),
      commands: [consentCommand(principal, operationId, row.accounts, to, false)],
    },
  };
}
