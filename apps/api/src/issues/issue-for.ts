import { findIssue, type IssueWithState } from "@genbo/database/issues/issues";
import type { Principal } from "@genbo/database/parties/keys";
import { issueView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import { notFound, ProblemError } from "../http/problem.ts";

/** An issue that the caller may see. @throws ProblemError NOT_FOUND */
export async function issueFor(ctx: ApiContext, principal: Principal, id: string): Promise<IssueWithState> {
  const issue = await findIssue(ctx.prisma, issueView(principal), id);
  if (issue === null) throw notFound();
  return issue;
}

/** One that is active; a break keeps no reads from it. @throws ProblemError NOT_FOUND, ISSUE_NOT_ACTIVE */
export async function activeIssueFor(
  ctx: ApiContext,
  principal: Principal,
  id: string,
): Promise<IssueWithState> {
  const issue = await issueFor(ctx, principal, id);
  if (issue.state !== "active") throw notActive(issue);
  return issue;
}

/** One with a token: before, there is nothing on chain to read. @throws ProblemError NOT_FOUND, ISSUE_NOT_ACTIVE */
export async function deployedIssueFor(
  ctx: ApiContext,
  principal: Principal,
  id: string,
): Promise<IssueWithState & { token: string }> {
  const issue = await issueFor(ctx, principal, id);
  const { token } = issue;
  if (token === null) throw notActive(issue);
  return { ...issue, token };
}

/**
 * An issue that a command found, which takes new entries.
 * @param pointer where the body names it; left out, the path does
 * @throws ProblemError NOT_FOUND, ISSUE_NOT_ACTIVE, ISSUE_QUARANTINED
 */
export function mustTakeEntries<I extends { state: string; token: string | null; quarantined: boolean }>(
  issue: I | null | undefined,
  pointer?: string,
): I & { token: string } {
  if (!issue || issue.state === "draft" || issue.state === "rejected") throw notFound(pointer);
  const { token } = issue;
  if (issue.state !== "active" || token === null) throw notActive(issue);
  if (issue.quarantined) {
    throw new ProblemError(
      "ISSUE_QUARANTINED",
      "A break between the issue's register and the chain is open.",
    );
  }
  return { ...issue, token };
}

const notActive = ({ state }: { state: string }): ProblemError =>
  new ProblemError("ISSUE_NOT_ACTIVE", `The issue is ${state}.`);
