import { roles as chainRoles } from "@genbo/chain/deployment";
import { isConstraint } from "@genbo/database/commands/commands";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import {
  findParty,
  lanePart,
  listParties,
  type NewParty,
  nextPartyNumbers,
  partyPart,
  partyPersonConstraint,
  personOfInvestor,
} from "@genbo/database/parties/parties";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId, refOf } from "@genbo/domain/ids";
import type { Role } from "@genbo/domain/permissions";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { deploymentOf } from "../process/deployment.ts";
import { partyWire } from "../wire/parties.ts";

type CreateParty = CallOf<"createParty">;

/** Parties that sign on chain; the others only read, or run the machines. */
const signing: ReadonlySet<Role> = new Set(["issuer", "trustee", "broker", "settlement-agent"]);

export const partyHandlers = (ctx: ApiContext): Handlers<"createParty" | "listParties" | "getParty"> => ({
  createParty: async (call) => {
    const id = newId("pty", call.at);
    try {
      return await command(ctx, call, (db) => createParty(ctx, db, call, id), { long: true });
    } catch (error) {
      if (!isConstraint(error, partyPersonConstraint)) throw error;
      const detail = "A party acts for this investor already.";
      throw new ProblemError("ALREADY_EXISTS", detail, { pointer: "/investorId" });
    }
  },
  listParties: async ({ query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listParties(ctx.prisma, query);
    return { status: 200, body: { ...pageOf(rows, query.limit, partyWire, ({ id }) => id), asOf } };
  },
  getParty: async ({ principal, params }) => {
    const asOf = await presentAsOf(ctx);
    const row = await findParty(ctx.prisma, params.id);
    const isHidden =
      row?.kind === "investor" && principal.role !== "operator" && principal.partyId !== row.id;
    if (row === null || isHidden) throw notFound();
    return { status: 200, body: { ...partyWire(row), asOf } };
  },
});

async function createParty(
  ctx: ApiContext,
  db: Queryable,
  { body, at }: CreateParty,
  id: string,
): Promise<Outcome<CreateParty["route"]>> {
  const { kind, name } = body;
  const personId = await personFor(db, body);
  const shown = kind === "investor" ? "investor" : name;
  const unsigned = { signer: null, custodianId: null, issuerRole: null };
  const party: NewParty = { id, kind, name: shown, ...unsigned, personId, at };
  const answer = (operationId: string | null) => ({ ...partyWire({ ...party, createdAt: at }), operationId });
  const common = { target: id, detail: { kind } };
  if (!signing.has(kind)) {
    return { ...common, answer: { status: 201, body: answer(null) }, writes: [partyPart(party)] };
  }
  const deployment = await deploymentOf(db);
  const numbers = await nextPartyNumbers(db);
  party.signer = await ctx.keystore.createSigner(id);
  if (kind === "broker") party.custodianId = numbers.custodianId;
  if (kind === "issuer") party.issuerRole = numbers.issuerRole;
  const operationId = newId("op", at);
  return {
    ...common,
    answer: { status: 202, body: answer(operationId) },
    writes: [partyPart(party), lanePart(party.signer)],
    work: {
      operation: { id: operationId, kind: "party.create", issueId: null, subjectId: id },
      commands: admission(party, deployment.admin, operationId),
    },
  };
}

/** Whom an investor's party acts for: one person of the register, and no other kind of party for any. */
async function personFor(db: Queryable, { kind, investorId }: CreateParty["body"]): Promise<string | null> {
  if ((kind === "investor") !== (investorId !== undefined))
    throw invalidField(
      "/investorId",
      investorId === undefined ? "is missing" : "is of the kind investor alone",
    );
  if (investorId === undefined) return null;
  const personId = await personOfInvestor(db, investorId);
  if (personId === undefined) throw invalidField("/investorId", "is nobody's");
  return personId;
}

/** What the administration does on chain for a new party: its role, and for a broker whose accounts it acts for. */
function admission(party: NewParty, admin: string, operationId: string): NewCommand[] {
  const role = {
    issuer: party.issuerRole,
    trustee: chainRoles.registrar,
    broker: chainRoles.broker,
    "settlement-agent": chainRoles.settlementAgent,
  }[party.kind as "issuer" | "trustee" | "broker" | "settlement-agent"];
  const calls: [call: string, args: Record<string, unknown>][] = [
    ["grantRole", { role: String(role), account: party.signer }],
  ];
  // The trustee enters what the law orders (Trust Act rules 21(2)): judgments, successions, lost wallets.
  if (party.kind === "trustee")
    calls.push(["grantRole", { role: String(chainRoles.enforcer), account: party.signer }]);
  if (party.custodianId !== null)
    calls.push(["setCustodian", { signer: party.signer, id: party.custodianId }]);
  return calls.map(([call, args], row) => ({
    signer: admin,
    call,
    target: null,
    ref: refOf(operationId, row),
    args,
  }));
}
