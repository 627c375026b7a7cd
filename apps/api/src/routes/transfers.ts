import { operationIdsAbout } from "@genbo/database/commands/operations";
import { findTransfer, listTransfers, transfersPart } from "@genbo/database/issues/transfers";
import { newId } from "@genbo/domain/ids";
import { decodePolicy } from "@genbo/domain/policy-word";
import { transferView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { refuseRules, ruleWire } from "../orders/failing.ts";
import { rulesAgainst } from "../orders/rules.ts";
import {
  beforeIssueDetail,
  draftTransfer,
  earlyDetail,
  isBeforeIssue,
  isEarly,
  strayDate,
  strayDetail,
} from "../orders/transfer-requests.ts";
import { transferWire } from "../wire/transfers.ts";

type Request = CallOf<"requestTransfer">;
type Routes = "precheckTransfer" | "requestTransfer" | "listTransfers" | "getTransfer";

export const transferHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  precheckTransfer: async ({ principal, body, at, language }) => {
    const asOf = await presentAsOf(ctx);
    const facts = await ctx.factsOf(body);
    const policy = decodePolicy(mustTakeEntries(facts.issue, "/issueId").policy);
    const failing = rulesAgainst(facts, body, principal.partyId, at).map((number) =>
      ruleWire(number, language),
    );
    const needs = [
      ...(policy.acceptanceRequired ? ["acceptance" as const] : []),
      ...(policy.approvalRequired ? ["approval" as const] : []),
    ];
    return { status: 200, body: { allowed: failing.length === 0, failing, needs, asOf } };
  },
  requestTransfer: (call) => command(ctx, call, () => requestTransfer(ctx, call)),
  listTransfers: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listTransfers(ctx.prisma, transferView(principal), query);
    return {
      status: 200,
      body: { ...pageOf(rows, query.limit, transferWire(principal), ({ id }) => id), asOf },
    };
  },
  getTransfer: async ({ principal, params }) => {
    const asOf = await presentAsOf(ctx);
    const row = await findTransfer(ctx.prisma, transferView(principal), params.id);
    if (row === null) throw notFound();
    const operationIds = await operationIdsAbout(ctx.prisma, row.id);
    return { status: 200, body: { ...transferWire(principal)(row), operationIds, asOf } };
  },
});

async function requestTransfer(ctx: ApiContext, call: Request): Promise<Outcome<Request["route"]>> {
  const { principal, body, at, language } = call;
  const stray = strayDate(body, at);
  if (stray !== undefined) throw invalidField(`/${stray}`, strayDetail);
  const facts = await ctx.factsOf(body);
  mustTakeEntries(facts.issue, "/issueId");
  if (isBeforeIssue(body, facts)) throw invalidField("/tradeDate", beforeIssueDetail);
  if (isEarly(body, facts, at)) throw new ProblemError("NOT_YET_SETTLED", `It ${earlyDetail}.`);
  refuseRules(rulesAgainst(facts, body, principal.partyId, at), language, body.issueId);
  const { transfer, command: request } = draftTransfer(body, facts, principal, at);
  const operationId = newId("op", at);
  const { issueId } = body;
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows: 1, issueId, transferId: transfer.id },
    },
    target: transfer.id,
    writes: [transfersPart([transfer])],
    work: {
      operation: { id: operationId, kind: "transfer.request", issueId, subjectId: transfer.id },
      commands: [request],
    },
  };
}
