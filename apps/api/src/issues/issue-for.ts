import { findIssue, type IssueWithState } from "@genbo/database/issues/issues";
import type { Principal } from "@genbo/database/parties/keys";
import { issueView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import { notFound } from "../http/problem.ts";

/** An issue that the caller may see. @throws ProblemError NOT_FOUND */
export async function issueFor(ctx: ApiContext, principal: Principal, id: string): Promise<IssueWithState> {
  const issue = await findIssue(ctx.prisma, issueView(principal), id);
  if (issue === null) throw notFound();
  return issue;
}
