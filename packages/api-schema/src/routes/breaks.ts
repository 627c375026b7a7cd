import { z } from "zod";
import {
  breakClosing,
  breakPage,
  breakQuery,
  reconciliation,
  reconciliationPage,
  reconciliationQuery,
  registerBreak,
} from "../breaks.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Reconciliation";
const ofIssue = z.strictObject({ id: id("iss") });

export const breakRoutes = [
  route({
    operationId: "reconcileIssue",
    method: "POST",
    path: "/v1/issues/{id}/reconciliations",
    tag,
    summary:
      "Have the register compared with the contract in full: sums, each holding, holds, records, head. Asked again before it has begun, it is the same one",
    // It changes nothing but may find a break: who may see breaks may have them looked for.
    scope: "breaks:read",
    params: ofIssue,
    answers: { 201: reconciliation },
    problems: ["ISSUE_NOT_ACTIVE"],
    limit: "write",
  }),
  route({
    operationId: "listReconciliations",
    method: "GET",
    path: "/v1/issues/{id}/reconciliations",
    tag,
    summary: "Reconciliations of an issue, newest first: the daily ones and those that were asked for",
    scope: "breaks:read",
    params: ofIssue,
    query: reconciliationQuery,
    answers: { 200: reconciliationPage },
    limit: "read",
  }),
  route({
    operationId: "listBreaks",
    method: "GET",
    path: "/v1/breaks",
    tag,
    summary: "Where register and chain disagree or did, newest first",
    scope: "breaks:read",
    query: breakQuery,
    answers: { 200: breakPage },
    limit: "read",
  }),
  route({
    operationId: "closeBreak",
    method: "POST",
    path: "/v1/breaks/{id}/close",
    tag,
    summary: "Close a break: one person gives the reason, a second one closes it, and the issue goes on",
    scope: "breaks:close",
    params: z.strictObject({ id: id("brk") }),
    body: breakClosing,
    answers: { 200: registerBreak },
    problems: ["MAKER_IS_CHECKER", "STATE_CONFLICT"],
    limit: "write",
  }),
] as const;
