import { operationIdsAbout } from "@genbo/database/commands/operations";
import {
  type ChangeRow,
  changePart,
  findChange,
  listChanges,
  type NewChange,
  proposedAt,
} from "@genbo/database/issues/issue-changes";
import { type IssueForCommand, issueForCommand } from "@genbo/database/issues/issues";
import type { Principal } from "@genbo/database/parties/keys";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId, refOf } from "@genbo/domain/ids";
import { isImmediate, isNoticed, mayPropose, policyDelayMs } from "@genbo/domain/issue-changes";
import { decodePolicy } from "@genbo/domain/policy-word";
import { issuerKeepsRegister } from "@genbo/domain/profiles";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { changeCommands, factsOf, noticeCommand } from "../issues/issue-changes.ts";
import { issueFor, mustTakeEntries } from "../issues/issue-for.ts";
import { againstRedemption, redemptionRows, refuseAccounts, refuseRows } from "../issues/redemptions.ts";
import { termsFacts } from "../issues/terms-changes.ts";
import { changeWire } from "../wire/issue-changes.ts";

type Propose = CallOf<"proposeChange">;

export const issueChangeHandlers = (
  ctx: ApiContext,
): Handlers<"proposeChange" | "listChanges" | "getChange"> => ({
  proposeChange: (call) => command(ctx, call, async (db) => propose(ctx, db, call), { long: true }),
  listChanges: async ({ principal, params, query }) => {
    const asOf = await presentAsOf(ctx);
    const issue = await issueFor(ctx, principal, params.id);
    const rows = await listChanges(ctx.prisma, { ...query, issueId: issue.id });
    const wire = changeWire(principal.role);
    return { status: 200, body: { ...pageOf(rows, query.limit, wire, ({ id }) => id), asOf } };
  },
  getChange: async ({ principal, params }) => {
    const asOf = await presentAsOf(ctx);
    const row = await changeFor(ctx, principal, params.id);
    const proposed = isNoticed(row.kind) ? await proposedAt(ctx.pool, row.id) : null;
    const executableAt = proposed && new Date(proposed.getTime() + policyDelayMs).toISOString();
    const operationIds = await operationIdsAbout(ctx.prisma, row.id);
    return { status: 200, body: { ...changeWire(principal.role)(row), executableAt, operationIds, asOf } };
  },
});

/** A change of an issue that the caller sees. @throws ProblemError NOT_FOUND */
export async function changeFor(ctx: ApiContext, principal: Principal, id: string): Promise<ChangeRow> {
  const row = await findChange(ctx.prisma, id);
  if (row === null) throw notFound();
  await issueFor(ctx, principal, row.issueId);
  return row;
}

async function propose(ctx: ApiContext, db: Queryable, call: Propose): Promise<Outcome<Propose["route"]>> {
  const { principal, params, body, at } = call;
  const visible = await issueFor(ctx, principal, params.id);
  const { id: issueId, profile } = visible;
  // 併合・分割 are the Trust Act's; the Companies Act has none for bonds.
  if (body.kind === "RATIO" && profile === "BOND")
    throw invalidField("/kind", "is not for bonds, which are neither consolidated nor split");
  if (!mayPropose(principal.role, body.kind))
    throw new ProblemError("FORBIDDEN", `A ${principal.role} does not propose this.`, { target: issueId });
  // Of two proposals at once the second sees the first.
  const issue = mustTakeEntries(await issueForCommand(db, issueId, "for no key update of i"));
  const facts = body.kind === "TERMS" ? await termsFacts(db, visible, body) : factsOf(body, issue.policy);
  await mustBeProposable(ctx, db, call, issue, facts);
  const id = newId("chg", at);
  const row: NewChange = {
    id,
    ref: refOf(id),
    issueId,
    kind: body.kind,
    facts,
    reason: body.reason,
    state: isImmediate(body.kind) ? "approved" : "open",
    partyId: principal.partyId,
    maker: principal.subject,
    at,
  };
  const common = { target: id, detail: { kind: body.kind, issueId }, writes: [changePart(row)] };
  const noticed = isNoticed(body.kind);
  if (!noticed && !isImmediate(body.kind))
    return { ...common, answer: { status: 201, body: changeWire(principal.role)(asProposed(row)) } };
  const operationId = newId("op", at);
  const { token } = issue;
  const signer = principal.signer!;
  const commands = noticed
    ? [noticeCommand(asProposed(row), signer, token)]
    : changeCommands(asProposed(row), {
        token,
        operationId,
        signers: { issuer: signer, trustee: signer },
        rows: [],
      });
  const kind = noticed ? "change.propose" : "change.pause";
  return {
    ...common,
    answer: { status: 202, body: { operationId, state: "accepted", rows: 1, issueId, changeId: id } },
    work: {
      operation: { id: operationId, kind, issueId, subjectId: id },
      commands,
    },
  };
}

/** What stands against proposing it now. @throws ProblemError */
async function mustBeProposable(
  ctx: ApiContext,
  db: Queryable,
  call: Propose,
  issue: Pick<IssueForCommand, "id" | "policy" | "profile">,
  facts: ReturnType<typeof factsOf>,
): Promise<void> {
  const { kind } = call.body;
  // From what stands against each row the issuer of a trust could rebuild the register: the trustee's approval asks it.
  if (kind === "REDEMPTION" && issuerKeepsRegister(issue.profile)) {
    const rows = await redemptionRows(db, issue.id, facts);
    const against = await againstRedemption(db, issue.id, rows, call.at);
    if (facts.rows !== undefined) refuseRows(against, call.language);
    else refuseAccounts(against, call.language, issue.id);
  }
  const { paused } = decodePolicy(issue.policy);
  if ((kind === "PAUSE" && paused) || (kind === "RESUME" && !paused))
    throw conflict(issue.id, `The issue is ${paused ? "" : "not "}paused.`);
  if (!isNoticed(kind) && kind !== "RESUME") return;
  // A second proposal would replace the first on chain.
  const [open] = await listChanges(ctx.prisma, { issueId: issue.id, kind, state: "open", limit: 1 });
  if (open !== undefined) throw conflict(issue.id, `Change ${open.id} waits for its decision.`);
}

const conflict = (target: string, detail: string) => new ProblemError("STATE_CONFLICT", detail, { target });

/** The row as it stands once it is written. */
const asProposed = ({ at, ...row }: NewChange): ChangeRow => ({
  ...row,
  facts: row.facts,
  code: null,
  checker: null,
  refusal: null,
  createdAt: at,
  decidedAt: null,
});
