import { createHash } from "node:crypto";
import { presentTerms } from "@genbo/database/issues/issue-terms";
import { ratioLinesOf } from "@genbo/database/issues/issue-units";
import { issuePart, listIssues, type NewIssue } from "@genbo/database/issues/issues";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { newId, refOf } from "@genbo/domain/ids";
import { maxYen } from "@genbo/domain/yen";
import { issueView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { invalidField } from "../http/problem.ts";
import { headAt, pageOf, presentAsOf } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { checkPolicy, policyWordOf } from "../issues/policies.ts";
import { partyOfKind } from "../parties/party-of-kind.ts";
import { issueWire } from "../wire/issues.ts";

type Draft = CallOf<"draftIssue">["body"];

export const issueHandlers = (ctx: ApiContext): Handlers<"draftIssue" | "listIssues" | "getIssue"> => ({
  draftIssue: (call) =>
    command(ctx, call, async () => {
      const { principal, body, at } = call;
      checkFigures(body);
      await partyOfKind(ctx, body.trusteeId, "trustee", "/trusteeId");
      const issue = issueOf(body, principal.partyId, principal.subject, at);
      return {
        answer: { status: 201, body: { id: issue.id, state: "draft" as const, termsHash: issue.termsHash } },
        target: issue.id,
        detail: { termsHash: issue.termsHash },
        writes: [issuePart(issue)],
      };
    }),
  listIssues: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx, query.minBlock);
    const rows = await listIssues(ctx.prisma, issueView(principal), query);
    const lines = await ratioLinesOf(
      ctx.pool,
      rows.map(({ id }) => id),
    );
    const wire = (row: (typeof rows)[number]) => issueWire(row, lines.get(row.id)!, principal.role);
    return { status: 200, body: { ...pageOf(rows, query.limit, wire, ({ id }) => id), asOf } };
  },
  getIssue: async ({ principal, params, query }) => {
    const head = await headAt(ctx, query.minBlock);
    const row = await issueFor(ctx, principal, params.id);
    const wire = issueWire(row, (await ratioLinesOf(ctx.pool, [row.id])).get(row.id)!, principal.role);
    const asOf = head && {
      ...head,
      time: head.time.toISOString(),
      seq: row.issueState ? Number(row.issueState.seq) : 0,
    };
    const { terms } = await presentTerms(ctx.pool, row.id);
    return { status: 200, body: { ...wire, terms: { ...terms }, asOf } };
  },
});

/** Faults that no single field shows. @throws ProblemError INVALID_FIELD */
function checkFigures({ totalUnits, unitPriceYen, minUnits, lot, policy }: Draft): void {
  if (totalUnits * unitPriceYen > maxYen)
    throw invalidField("/unitPriceYen", "makes a total of more than 2^63-1 yen");
  if (minUnits > totalUnits) throw invalidField("/minUnits", "is more than the total");
  if (lot > totalUnits) throw invalidField("/lot", "is more than the total");
  if (minUnits % lot !== 0n) throw invalidField("/minUnits", "is no multiple of the lot");
  checkPolicy(policy);
}

function issueOf(draft: Draft, issuerId: string, maker: string, at: Date): NewIssue {
  const id = newId("iss", at);
  const {
    profile,
    name,
    symbol,
    trusteeId,
    totalUnits,
    unitPriceYen,
    minUnits,
    lot,
    terms,
    successionKeepsDates,
  } = draft;
  const policy = policyWordOf(draft.policy, lot);
  const agreed = {
    profile,
    name,
    symbol,
    totalUnits,
    unitPriceYen,
    minUnits,
    lot,
    policy,
    terms,
    successionKeepsDates,
  };
  const termsHash = `0x${createHash("sha256").update(canonicalJson(agreed)).digest("hex")}`;
  const figures = { totalUnits, unitPriceYen, minUnits, lot };
  return {
    id,
    ref: refOf(id),
    issuerId,
    trusteeId,
    profile,
    name,
    symbol,
    ...figures,
    policy,
    terms,
    successionKeepsDates,
    termsHash,
    maker,
    at,
  };
}
