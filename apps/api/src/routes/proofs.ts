import { readDeployment } from "@genbo/database/deployment";
import { findIssue } from "@genbo/database/issues";
import type { Principal } from "@genbo/database/keys";
import { exportChunks } from "@genbo/database/register-export";
import type { Handlers } from "../call.ts";
import type { ApiContext } from "../context.ts";
import { positionFor } from "../moments.ts";
import { notFound, ProblemError } from "../problem.ts";
import { auditRead } from "../reads.ts";
import { issueView } from "../views.ts";

type Routes = "exportRegister";

export const proofHandlers = (ctx: ApiContext): Handlers<Routes> => {
  /** An issue with a token: there is nothing to prove before. */
  const activeIssue = async (principal: Principal, id: string) => {
    const issue = await findIssue(ctx.prisma, issueView(principal), id);
    if (issue === null) throw notFound();
    const { token } = issue;
    if (token === null) throw new ProblemError("ISSUE_NOT_ACTIVE", `The issue is ${issue.state}.`);
    return { id: issue.id, ref: issue.ref, token };
  };

  return {
    exportRegister: async (call) => {
      const { principal, params, query } = call;
      const issue = await activeIssue(principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const deployment = (await readDeployment(ctx.pool))!;
      const { seq, block } = position;
      await auditRead(ctx, call, issue.id, query.purpose, { seq, block });
      const stream = exportChunks(ctx.pool, issue, position, deployment);
      return { status: 200, stream, fileName: `${issue.id}-${seq}.jsonl` };
    },
  };
};
