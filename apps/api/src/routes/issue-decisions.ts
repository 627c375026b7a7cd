import { decideIssuePart, type IssueWithState } from "@genbo/database/issues/issues";
import type { Principal } from "@genbo/database/parties/keys";
import { findParty } from "@genbo/database/parties/parties";
import { newId } from "@genbo/domain/ids";
import { otherPerson } from "../access/four-eyes.ts";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { ProblemError } from "../http/problem.ts";
import { issueFor } from "../issues/issue-for.ts";

export const issueDecisionHandlers = (ctx: ApiContext): Handlers<"approveIssue" | "rejectIssue"> => ({
  approveIssue: (call) =>
    command(ctx, call, async () => {
      const { principal, params, at } = call;
      const issue = await decidable(ctx, principal, params.id, ["draft", "approved"]);
      const issuer = await findParty(ctx.prisma, issue.issuerId);
      const operationId = newId("op", at);
      const checker = principal.subject;
      return {
        answer: {
          status: 202,
          body: { operationId, state: "accepted" as const, rows: 1, issueId: issue.id },
        },
        target: issue.id,
        guard: decideIssuePart({ id: issue.id, state: "approved", checker, reason: null, at }),
        work: {
          operation: {
            id: operationId,
            kind: "issue.approve",
            issueId: issue.id,
            subjectId: issue.id,
            checker,
          },
          commands: [
            {
              signer: principal.signer!,
              call: "createIssue",
              target: null,
              ref: issue.ref,
              args: tokenTerms(issue, issuer!),
            },
          ],
        },
      };
    }),
  rejectIssue: (call) =>
    command(ctx, call, async () => {
      const { principal, params, body, at } = call;
      const issue = await decidable(ctx, principal, params.id, ["draft"]);
      return {
        answer: { status: 200, body: { id: issue.id, state: "rejected" as const } },
        target: issue.id,
        guard: decideIssuePart({
          id: issue.id,
          state: "rejected",
          checker: principal.subject,
          reason: body.reason,
          at,
        }),
      };
    }),
});

/** An issue that this trustee may decide. @throws ProblemError when it is not there, its own, or decided */
async function decidable(
  ctx: ApiContext,
  principal: Principal,
  id: string,
  states: readonly string[],
): Promise<IssueWithState> {
  const issue = await issueFor(ctx, principal, id);
  const drafted = { id, subjects: [issue.maker], since: issue.createdAt };
  await otherPerson(ctx.pool, principal, drafted, "You drafted this issue.");
  // An approved one may be approved again if the chain has refused it, which the guard looks into.
  if (!states.includes(issue.state)) {
    throw new ProblemError("STATE_CONFLICT", `The issue is ${issue.state}, not a draft.`, { target: id });
  }
  return issue;
}

const tokenTerms = (
  issue: IssueWithState,
  issuer: { issuerRole: bigint | null },
): Record<string, unknown> => ({
  name: issue.name,
  symbol: issue.symbol,
  cap: String(issue.totalUnits),
  policy: issue.policy,
  termsHash: issue.termsHash,
  issuerRole: String(issuer.issuerRole),
});
