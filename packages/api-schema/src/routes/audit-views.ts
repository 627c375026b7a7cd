import { z } from "zod";
import { auditView, auditViewDecision, auditViewPage, auditViewQuery, newAuditView } from "../audit-views.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Register";
const ofIssue = z.strictObject({ id: id("iss") });
const ofView = z.strictObject({ id: id("avw") });

export const auditViewRoutes = [
  route({
    operationId: "askAuditView",
    method: "POST",
    path: "/v1/issues/{id}/audit-views",
    tag,
    summary: "Ask that the names of an issue's holders be opened to an auditor for a time",
    scope: "audit-views:write",
    params: ofIssue,
    body: newAuditView,
    answers: { 201: auditView },
    limit: "write",
  }),
  route({
    operationId: "openAuditView",
    method: "POST",
    path: "/v1/audit-views/{id}/open",
    tag,
    summary: "Open it, as another person",
    scope: "audit-views:write",
    params: ofView,
    body: auditViewDecision,
    answers: { 200: auditView },
    problems: ["MAKER_IS_CHECKER", "STATE_CONFLICT"],
    limit: "write",
  }),
  route({
    operationId: "endAuditView",
    method: "POST",
    path: "/v1/audit-views/{id}/end",
    tag,
    summary: "End it before its time, or withdraw what was asked",
    scope: "audit-views:write",
    params: ofView,
    body: auditViewDecision,
    answers: { 200: auditView },
    problems: ["STATE_CONFLICT"],
    limit: "write",
  }),
  route({
    operationId: "listAuditViews",
    method: "GET",
    path: "/v1/issues/{id}/audit-views",
    tag,
    summary: "What was opened to auditors, newest first; an auditor sees its own",
    scope: "audit-views:read",
    params: ofIssue,
    query: auditViewQuery,
    answers: { 200: auditViewPage },
    limit: "read",
  }),
] as const;
