import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { Part } from "@genbo/database/commands/statement";
import {
  type CaseRow,
  decideCasePart,
  endRequestsPart,
  findCase,
  personFlagsPart,
} from "@genbo/database/legal/cases";
import { caseOperation } from "@genbo/database/legal/cases-settle";
import { investorOfAccountForChange } from "@genbo/database/parties/investors";
import type { Principal } from "@genbo/database/parties/keys";
import { findParty } from "@genbo/database/parties/parties";
import type { Queryable } from "@genbo/database/sql/connection";
import { particularsPart } from "@genbo/database/vault/vault";
import { rulesOf } from "@genbo/domain/cases/cases";
import type { Plan } from "@genbo/domain/cases/rules";
import { newId } from "@genbo/domain/ids";
import { otherPerson } from "../access/four-eyes.ts";
import { caseView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { factsKept } from "../legal/case-facts.ts";
import { faultsOfFiler } from "../legal/case-filer.ts";
import { type CaseInQuestion, faultsOf, refuseFaults, situationOf } from "../legal/legal-cases.ts";
import { refuseOtherDocuments } from "../legal/seen-documents.ts";
import { dataErased } from "../parties/person-key.ts";
import { recordCommand, recordsAfter } from "../parties/records.ts";
import { sealNext } from "../parties/sealing.ts";
import { caseReason } from "../wire/transfers.ts";

type Routes = "approveCase" | "refuseCase" | "withdrawCase";
type Approval = CallOf<"approveCase">;

export const caseDecisionHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  // Long: what it locks of a person stays locked until it is written.
  approveCase: (call) =>
    command(ctx, call, async (db) => approve(ctx, db, call, await decidable(ctx, call)), { long: true }),
  refuseCase: (call) =>
    command(ctx, call, async () => {
      const row = await decidable(ctx, call);
      const { reason } = call.body;
      const decision = { id: row.id, state: "refused" as const, checker: call.principal.subject, reason };
      return {
        answer: { status: 200, body: { id: row.id, state: "refused" as const } },
        target: row.id,
        guard: decideCasePart({ ...decision, result: {}, at: call.at }),
      };
    }),
  withdrawCase: (call) =>
    command(ctx, call, async () => {
      const row = await caseFor(ctx, call.principal, call.params.id);
      // Whoever sees it without having filed it may know that it is there, and no more.
      if (row.partyId !== call.principal.partyId)
        throw new ProblemError("FORBIDDEN", "Another party filed this case.", { target: row.id });
      mustBeOpen(row);
      const decision = { id: row.id, state: "withdrawn" as const, checker: null, reason: null };
      return {
        answer: { status: 200, body: { id: row.id, state: "withdrawn" as const } },
        target: row.id,
        guard: decideCasePart({ ...decision, result: {}, at: call.at }),
      };
    }),
});

async function caseFor(ctx: ApiContext, principal: Principal, id: string): Promise<CaseRow> {
  const row = await findCase(ctx.prisma, caseView(principal), id);
  if (row === null) throw notFound();
  return row;
}

function mustBeOpen({ id, state }: CaseRow): void {
  if (state !== "open") throw new ProblemError("STATE_CONFLICT", `The case is ${state}.`, { target: id });
}

/** An open case that a second person decides. */
async function decidable(
  ctx: ApiContext,
  { principal, params }: CallOf<"approveCase" | "refuseCase">,
): Promise<CaseRow> {
  const row = await caseFor(ctx, principal, params.id);
  const filed = { id: row.id, subjects: [row.maker], since: row.createdAt };
  await otherPerson(ctx.pool, principal, filed, "You filed this case.");
  mustBeOpen(row);
  return row;
}

/** What stood when it was filed may have changed since, so every requirement is checked once more. */
async function approve(
  ctx: ApiContext,
  db: Queryable,
  call: Approval,
  row: CaseRow,
): Promise<Outcome<Approval["route"]>> {
  const { principal, at, language } = call;
  const { kind, documents } = row;
  const facts = await factsKept(ctx, db, row);
  if (facts === null) throw dataErased();
  refuseOtherDocuments(call.body.documents, documents, row.id);
  const inQuestion: CaseInQuestion = { issueId: row.issueId, kind, facts, documents };
  const rules = rulesOf(kind);
  // Before the person's data are read, so that no other change of them is lost.
  const investor = rules.rewrites
    ? await investorOfAccountForChange(db, rules.accounts(facts)[0]!)
    : undefined;
  const situation = await situationOf(ctx, db, inQuestion, at);
  const faults = await faultsOf(db, inQuestion, situation);
  const filer = (await findParty(ctx.prisma, row.partyId))!;
  const ofFiler = await faultsOfFiler(db, { role: filer.kind, signer: filer.signer }, inQuestion, situation);
  // A pledge that has ended is of no keeper any more.
  refuseFaults(faults.length > 0 ? faults : ofFiler, language, row.id);
  const plan = rules.plan({ id: row.id, ref: row.ref, facts }, situation);
  const operationId = newId("op", at);
  const checker = principal.subject;
  const next = plan.particulars && (await nextParticulars(ctx, db, plan.particulars));
  const records = rules.rewrites
    ? await recordsAfter(db, investor!, { flags: plan.flags, commitment: next?.sealed.commitment, at })
    : [];
  const commands = [
    ...records.map((account) => recordCommand(account, situation.trustee)),
    ...plan.calls.map(
      ({ onToken, ...planned }): NewCommand => ({ ...planned, target: onToken ? situation.token : null }),
    ),
  ];
  const rows = commands.length;
  const decision = { id: row.id, state: "approved" as const, checker, reason: null };
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows, issueId: row.issueId, caseId: row.id },
    },
    target: row.id,
    detail: { kind },
    guard: decideCasePart({ ...decision, result: plan.result ?? {}, at }),
    writes: [
      ...writesOf(plan, row),
      ...(next
        ? [particularsPart([{ ...next.sealed, ...next.known, evidenceRef: row.id, at, operationId }])]
        : []),
    ],
    work: {
      operation: { id: operationId, kind: caseOperation, issueId: row.issueId, subjectId: row.id, checker },
      commands,
    },
  };
}

async function nextParticulars(
  ctx: ApiContext,
  db: Queryable,
  { personId, effectiveOn, value, corrects }: NonNullable<Plan["particulars"]>,
) {
  // Through JSON, as a body comes: a field without a value is none.
  const particulars = JSON.parse(JSON.stringify(value));
  const sealed = await sealNext(ctx, db, personId, particulars);
  return { sealed, known: { effectiveOn, corrects } };
}

function writesOf({ calls, flags }: Plan, { id, kind }: CaseRow): Part[] {
  const requests = calls.filter(({ call }) => call === "rejectTransfers").map(({ ref }) => ref);
  return [
    ...(requests.length > 0 ? [endRequestsPart(requests, caseReason(kind, id))] : []),
    ...(flags ? [personFlagsPart(flags)] : []),
  ];
}
