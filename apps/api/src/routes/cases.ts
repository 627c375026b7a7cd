import { operationIdsAbout } from "@genbo/database/commands/operations";
import type { IssueWithState } from "@genbo/database/issues/issues";
import {
  type CaseRow,
  casePart,
  casesOfHolds,
  findCase,
  listCases,
  type NewCase,
} from "@genbo/database/legal/cases";
import type { CaseSituation } from "@genbo/database/legal/cases-facts";
import { holdsPage } from "@genbo/database/register/read-holds";
import type { Queryable } from "@genbo/database/sql/connection";
import { rulesOf } from "@genbo/domain/cases/cases";
import type { CaseKind } from "@genbo/domain/cases/kinds";
import { newId, refOf } from "@genbo/domain/ids";
import { basisCode } from "@genbo/domain/legal-basis";
import { caseView, seesParticulars } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { auditRead, pageOf, presentAsOf } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { factsKept, type KeptFacts, keepFacts } from "../legal/case-facts.ts";
import { faultsOfFiler } from "../legal/case-filer.ts";
import { dated, ownParts } from "../legal/case-reads.ts";
import { type CaseInQuestion, faultsOf, refuseFaults, situationOf } from "../legal/legal-cases.ts";
import { asOfPosition, knownWire, positionFor } from "../register/moments.ts";
import { namedAccounts, ownHolds } from "../register/own-sides.ts";
import { caseWire, holdWire } from "../wire/cases.ts";

type Filing = CallOf<"fileCase">;

/** What a broker asks for its own customers: as pledgor's, as pledgee's, and as keeper of the lost wallet. */
const brokersFile: ReadonlySet<CaseKind> = new Set([
  "PLEDGE",
  "PLEDGE_CHANGE",
  "PLEDGE_RELEASE",
  "RECOVERY",
  "TRUST_PROPERTY_MARK",
  "TRUST_PROPERTY_ERASURE",
  "REPRESENTATION",
  "CO_OWNERSHIP",
]);

export const caseHandlers = (
  ctx: ApiContext,
): Handlers<"fileCase" | "listCases" | "getCase" | "listHolds"> => {
  /** Names among the facts, for whoever may see them: the second person decides on what he reads, a broker while it keeps the account. */
  const factsShown = async (call: CallOf<"getCase">, row: CaseRow) => {
    const { principal } = call;
    if (row.sealed === null || !seesParticulars(principal)) return null;
    const custodianId = principal.role === "broker" ? principal.custodianId! : null;
    const { account } = row.facts as { account: string };
    if ((await namedAccounts(ctx.pool, custodianId, [account])).length === 0) return null;
    const facts = await factsKept(ctx, ctx.pool, row);
    await auditRead(ctx, call, row.id, `case ${row.kind}`, { issueId: row.issueId });
    return facts as CaseRow["facts"];
  };
  return {
    fileCase: (call) =>
      command(ctx, call, async (db) =>
        fileCase(ctx, db, call, await issueFor(ctx, call.principal, call.params.id)),
      ),
    listCases: async ({ principal, params, query }) => {
      const asOf = await presentAsOf(ctx);
      const issue = await issueFor(ctx, principal, params.id);
      const found = await listCases(ctx.prisma, caseView(principal), { ...query, issueId: issue.id });
      const rows = await ownParts(ctx.pool, principal, found.map(dated));
      const wire = caseWire(issue.profile);
      return { status: 200, body: { ...pageOf(rows, query.limit, wire, ({ id }) => id), asOf } };
    },
    getCase: async (call) => {
      const { principal, params } = call;
      const asOf = await presentAsOf(ctx);
      const row = await findCase(ctx.prisma, caseView(principal), params.id);
      if (row === null) throw notFound();
      const { profile } = await issueFor(ctx, principal, row.issueId);
      const operationIds = await operationIdsAbout(ctx.prisma, row.id);
      const facts = await factsShown(call, row);
      const whole = dated({ ...row, ...(facts && { facts }) });
      const [shown] = await ownParts(ctx.pool, principal, [whole]);
      const wire = caseWire(profile)(shown!);
      return { status: 200, body: { ...wire, operationIds, asOf } };
    },
    listHolds: async ({ principal, params, query }) => {
      const issue = await issueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const { cursor, limit } = query;
      const own = principal.role === "broker" ? { custodianId: principal.custodianId! } : {};
      const page = await holdsPage(ctx.pool, position, { ...own, after: cursor, limit });
      const cases = await casesOfHolds(
        ctx.pool,
        page.rows.map(({ id, partOf }) => partOf ?? id),
      );
      const rows =
        principal.role === "broker" ? await ownHolds(ctx.pool, principal.custodianId!, page.rows) : page.rows;
      const items = rows.map(holdWire(cases));
      const asOf = asOfPosition(position);
      return { status: 200, body: { items, next: page.next, asOf, ...knownWire(position) } };
    },
  };
};

async function fileCase(
  ctx: ApiContext,
  db: Queryable,
  call: Filing,
  issue: IssueWithState,
): Promise<Outcome<Filing["route"]>> {
  const { principal, body, at, language } = call;
  const { kind, documents } = body;
  if (principal.role === "broker" && !brokersFile.has(kind))
    throw new ProblemError(
      "FORBIDDEN",
      "A broker files what its own customers ask for: pledges, trust property, who acts for them, recoveries.",
      {
        target: issue.id,
      },
    );
  const inQuestion: CaseInQuestion = { issueId: issue.id, kind, facts: body.facts, documents };
  const situation = await situationOf(ctx, db, inQuestion, at);
  const ofFiler = await faultsOfFiler(db, principal, inQuestion, situation);
  // Of another broker's customer, as of nobody, it learns nothing.
  const faults = ofFiler.includes("NOT_CUSTODIAN")
    ? ofFiler
    : [...(await faultsOf(db, inQuestion, situation)), ...ofFiler];
  refuseFaults(faults, language, issue.id, inQuestion);
  const id = newId("cas", at);
  const [about] = rulesOf(kind).accounts(body.facts);
  const personId = about === undefined ? undefined : situation.accounts.get(about)?.record?.personId;
  const kept = await keepFacts(ctx, db, { id, kind, facts: body.facts }, personId);
  const row = draftOf(call, id, kept, inQuestion, situation);
  return {
    answer: { status: 201, body: caseWire(issue.profile)(asFiled(row)) },
    target: row.id,
    detail: { issueId: issue.id, kind },
    writes: [casePart(row)],
  };
}

/** The row as it stands once it is written. */
function asFiled({ at, ...row }: NewCase): CaseRow {
  return {
    ...row,
    facts: JSON.parse(row.facts),
    sealed: null, // never shown
    brokerIds: [...row.brokerIds],
    documents: [...row.documents],
    deadlines: [...row.deadlines],
    state: "open",
    code: null,
    checker: null,
    reason: null,
    result: {},
    createdAt: at,
    decidedAt: null,
  };
}

function draftOf(
  { principal, at }: Filing,
  id: string,
  kept: KeptFacts,
  { issueId, kind, facts, documents }: CaseInQuestion,
  { brokerIds }: CaseSituation,
): NewCase {
  return {
    id,
    ref: refOf(id),
    issueId,
    kind,
    basis: basisCode(rulesOf(kind).basis),
    partyId: principal.partyId,
    brokerIds: isSecret(kind, facts) ? [] : brokerIds,
    maker: principal.subject,
    ...kept,
    documents,
    deadlines: rulesOf(kind).deadlines?.(facts) ?? [],
    at,
  };
}

/** Of a freeze on suspicion or sanctions no broker learns: the keeper, compliance and the auditor alone (AML Act 8(4)). */
const isSecret = (kind: CaseKind, facts: CaseInQuestion["facts"]): boolean =>
  (kind === "FREEZE" || kind === "UNFREEZE") && "flag" in facts && facts.flag !== "DECEASED";
