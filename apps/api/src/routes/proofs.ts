import type { issueProof } from "@genbo/api-schema/proofs";
import { anchoredRootAt, listRoots } from "@genbo/database/register/anchors";
import { exportChunks } from "@genbo/database/register/export";
import { accountParties } from "@genbo/database/register/write-registry";
import type { z } from "zod";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { notFound } from "../http/problem.ts";
import { auditRead, pageOf, presentAsOf } from "../http/reads.ts";
import { deployedIssueFor, issueFor } from "../issues/issue-for.ts";
import { deploymentOf } from "../process/deployment.ts";
import { asOfPosition, knownWire, positionFor } from "../register/moments.ts";
import { anchorAfter, anchorCursor, anchoredRootWire } from "../wire/anchors.ts";
import { registerRowWire } from "../wire/register.ts";

type Routes = "exportRegister" | "proveRegister" | "proveHolding" | "listAnchors";

export const proofHandlers = (ctx: ApiContext): Handlers<Routes> => {
  /** Where the chain holds this very root: any other proves nothing of this state. */
  const anchoredWire = async ({ issueId, seq }: { issueId: string; seq: number }, root: string) => {
    const found = await anchoredRootAt(ctx.pool, { issueId, seq, root });
    return found === undefined ? null : anchoredRootWire(found);
  };
  const prove = async ({ principal, params, query }: CallOf<"proveRegister" | "proveHolding">) => {
    const { token, id } = await deployedIssueFor(ctx, principal, params.id);
    const position = await positionFor(ctx, id, query);
    const tree = await ctx.treeOf(position);
    const { units, holders, accounts } = position.totals;
    const { registry, chainId } = await deploymentOf(ctx.pool);
    const body: z.input<typeof issueProof> = {
      issueId: id,
      token,
      registry,
      chainId,
      head: position.head,
      root: tree.root,
      asOf: asOfPosition(position),
      anchored: await anchoredWire(position, tree.root),
      ...knownWire(position),
      totals: principal.role === "broker" ? null : { units: String(units), holders, accounts },
    };
    return { body, tree };
  };

  return {
    listAnchors: async ({ principal, params, query }) => {
      const asOf = await presentAsOf(ctx);
      const issue = await issueFor(ctx, principal, params.id);
      const { cursor, limit } = query;
      const after = cursor === undefined ? undefined : anchorAfter(cursor);
      const rows = await listRoots(ctx.pool, issue.id, { after, limit });
      return { status: 200, body: { ...pageOf(rows, limit, anchoredRootWire, anchorCursor), asOf } };
    },
    exportRegister: async (call) => {
      const { principal, params, query } = call;
      const issue = await deployedIssueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const { seq, block } = position;
      await auditRead(ctx, call, issue.id, query.purpose, { seq, block });
      const stream = exportChunks(ctx.pool, issue, position, await deploymentOf(ctx.pool));
      return { status: 200, stream, fileName: `${issue.id}-${seq}.jsonl` };
    },
    proveRegister: async (call) => ({ status: 200, body: (await prove(call)).body }),
    proveHolding: async (call) => {
      const { principal, params } = call;
      const { body, tree } = await prove(call);
      const { account } = params;
      const keeper = (await accountParties(ctx.pool, [account])).get(account)?.custodian;
      if (principal.role === "broker" && keeper !== principal.custodianId) throw notFound();
      const proof = await tree.prove(account);
      if (proof === undefined) throw notFound();
      const { row, leaf, path } = proof;
      return { status: 200, body: { ...body, holding: registerRowWire(row), leaf, path } };
    },
  };
};
