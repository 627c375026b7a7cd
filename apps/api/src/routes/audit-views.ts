import { type auditView, auditViewDaysMax } from "@genbo/api-schema/audit-views";
import {
  type AuditViewRow,
  auditViewPart,
  endAuditViewPart,
  findAuditView,
  listAuditViews,
  openAuditViewPart,
} from "@genbo/database/commands/audit-views";
import type { Principal } from "@genbo/database/parties/keys";
import { newId } from "@genbo/domain/ids";
import type { z } from "zod";
import { otherPerson } from "../access/four-eyes.ts";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { partyOfKind } from "../parties/party-of-kind.ts";

type Routes = "askAuditView" | "openAuditView" | "endAuditView" | "listAuditViews";

const dayMs = 86_400_000;

export const auditViewHandlers = (ctx: ApiContext): Handlers<Routes> => {
  /** A view that has not ended, of an issue that the caller sees. */
  const standing = async (principal: Principal, id: string, at: Date): Promise<AuditViewRow> => {
    const row = await findAuditView(ctx.pool, id);
    if (row === undefined) throw notFound();
    await issueFor(ctx, principal, row.issueId);
    if (stateOf(row, at) === "ended")
      throw new ProblemError("STATE_CONFLICT", "The view has ended.", { target: id });
    return row;
  };

  return {
    askAuditView: (call) =>
      command(ctx, call, async () => {
        const { principal, params, body, at } = call;
        const issue = await issueFor(ctx, principal, params.id);
        await partyOfKind(ctx, body.auditorId, "auditor", "/auditorId");
        if (body.until <= at || body.until.getTime() > at.getTime() + auditViewDaysMax * dayMs)
          throw invalidField("/until", `is not within ${auditViewDaysMax} days from now`);
        const row = {
          id: newId("avw", at),
          issueId: issue.id,
          ...body,
          maker: principal.subject,
          createdAt: at,
          checker: null,
          openedAt: null,
          endedAt: null,
        };
        return {
          answer: { status: 201, body: auditViewWire(row, at) },
          target: row.id,
          detail: { issueId: issue.id, auditorId: body.auditorId, until: body.until.toISOString() },
          purpose: body.reason,
          writes: [auditViewPart(row)],
        };
      }),
    openAuditView: (call) =>
      command(ctx, call, async () => {
        const { principal, params, at } = call;
        const row = await standing(principal, params.id, at);
        if (row.openedAt !== null)
          throw new ProblemError("STATE_CONFLICT", "The view is open already.", { target: row.id });
        const taken = { id: row.id, subjects: [row.maker], since: row.createdAt };
        await otherPerson(ctx.pool, principal, taken, "You asked for this view.");
        const opened = { ...row, checker: principal.subject, openedAt: at };
        return {
          answer: { status: 200, body: auditViewWire(opened, at) },
          target: row.id,
          detail: { issueId: row.issueId, auditorId: row.auditorId },
          purpose: row.reason,
          guard: openAuditViewPart(row.id, principal.subject, at),
        };
      }),
    endAuditView: (call) =>
      command(ctx, call, async () => {
        const { principal, params, at } = call;
        const row = await standing(principal, params.id, at);
        return {
          answer: { status: 200, body: auditViewWire({ ...row, endedAt: at }, at) },
          target: row.id,
          guard: endAuditViewPart(row.id, at),
        };
      }),
    listAuditViews: async ({ principal, params, query, at }) => {
      const asOf = await presentAsOf(ctx);
      const issue = await issueFor(ctx, principal, params.id);
      const auditorId = principal.role === "auditor" ? principal.partyId : null;
      const rows = await listAuditViews(ctx.pool, issue.id, { ...query, auditorId });
      const wire = (row: AuditViewRow) => auditViewWire(row, at);
      return { status: 200, body: { ...pageOf(rows, query.limit, wire, ({ id }) => id), asOf } };
    },
  };
};

function stateOf({ openedAt, endedAt, until }: AuditViewRow, at: Date): "asked" | "open" | "ended" {
  if (endedAt !== null || until <= at) return "ended";
  return openedAt === null ? "asked" : "open";
}

const auditViewWire = (row: AuditViewRow, at: Date): z.input<typeof auditView> => ({
  ...row,
  state: stateOf(row, at),
  until: row.until.toISOString(),
  createdAt: row.createdAt.toISOString(),
  openedAt: row.openedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
});
