import type { reconciliation, registerBreak } from "@genbo/api-schema/breaks";
import {
  listReconciliations,
  type ReconciliationRow,
  reconciliationPart,
  waitingReconciliation,
} from "@genbo/database/reconcile/reconciliations";
import {
  type BreakRow,
  closeBreak,
  findBreak,
  listBreaks,
  proposeClosing,
} from "@genbo/database/register/breaks";
import { newId } from "@genbo/domain/ids";
import type { z } from "zod";
import { otherPerson } from "../access/four-eyes.ts";
import { breakView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { deployedIssueFor, issueFor } from "../issues/issue-for.ts";

type Routes = "reconcileIssue" | "listReconciliations" | "listBreaks" | "closeBreak";

export const breakHandlers = (ctx: ApiContext): Handlers<Routes> => {
  return {
    reconcileIssue: (call) =>
      command(ctx, call, async (db) => {
        const { principal, params, at } = call;
        const issue = await deployedIssueFor(ctx, principal, params.id);
        // What has not begun will read a later state than this: one is enough, however often it is asked for.
        const waiting = await waitingReconciliation(db, issue.id);
        const asked = { id: newId("rec", at), issueId: issue.id, askedBy: principal.subject, askedAt: at };
        const body = reconciliationWire(waiting ?? { ...asked, ...notDone });
        return {
          answer: { status: 201, body },
          target: issue.id,
          detail: { id: body.id },
          writes: waiting === undefined ? [reconciliationPart(asked)] : [],
        };
      }),
    listReconciliations: async ({ principal, params, query }) => {
      const asOf = await presentAsOf(ctx);
      const issue = await issueFor(ctx, principal, params.id);
      const rows = await listReconciliations(ctx.pool, issue.id, query);
      return {
        status: 200,
        body: { ...pageOf(rows, query.limit, reconciliationWire, ({ id }) => id), asOf },
      };
    },
    listBreaks: async ({ principal, query }) => {
      const asOf = await presentAsOf(ctx);
      const rows = await listBreaks(ctx.pool, breakView(principal), query);
      return { status: 200, body: { ...pageOf(rows, query.limit, breakWire, ({ id }) => id), asOf } };
    },
    closeBreak: (call) =>
      command(ctx, call, async (db) => {
        const { principal, params, body, at } = call;
        const found = await findBreak(db, breakView(principal), params.id);
        if (found === undefined) throw notFound();
        const { subject } = principal;
        if (found.closedAt !== null) throw new ProblemError("STATE_CONFLICT", "It is closed already.");
        const reasoned = { id: found.id, subjects: [found.closedBy], since: found.openedAt };
        await otherPerson(db, principal, reasoned, "You gave the reason: another person closes it.");
        const isFirst = found.closedBy === null;
        const after = isFirst
          ? { ...found, closedBy: subject, reason: body.reason }
          : { ...found, closedChecker: subject, closedAt: at };
        return {
          answer: { status: 200, body: breakWire(after) },
          target: found.id,
          // The second person's reason stands in the audit trail, beside the first one's on the break.
          detail: { reason: body.reason, closes: !isFirst },
          guard: isFirst
            ? proposeClosing(found.id, { by: subject, reason: body.reason })
            : closeBreak(found.id, { checker: subject, at }),
        };
      }),
  };
};

const notDone = {
  comparedAt: null,
  doneAt: null,
  seq: null,
  block: null,
  holdings: null,
  differences: null,
  particulars: null,
  breakId: null,
};

const numberOf = (value: bigint | null) => (value === null ? null : Number(value));

const reconciliationWire = ({ particulars, ...row }: ReconciliationRow): z.input<typeof reconciliation> => ({
  ...row,
  particulars: particulars && {
    opened: particulars.opened,
    erased: particulars.erased,
    erasedAccounts: particulars.erasedAccounts,
  },
  askedAt: row.askedAt.toISOString(),
  comparedAt: row.comparedAt?.toISOString() ?? null,
  doneAt: row.doneAt?.toISOString() ?? null,
  seq: numberOf(row.seq),
  block: numberOf(row.block),
});

const breakWire = (row: BreakRow): z.input<typeof registerBreak> => ({
  ...row,
  state: row.closedAt !== null ? "closed" : row.closedBy === null ? "open" : "closing",
  block: Number(row.block),
  openedAt: row.openedAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
  resumedAt: row.resumedAt?.toISOString() ?? null,
});
