import { z } from "zod";
import {
  approval,
  issueAnswer,
  issueCreated,
  issuePage,
  issueQuery,
  issueReadQuery,
  issueRejected,
  newIssuance,
  newIssue,
  rejection,
} from "../issues.ts";
import { accepted } from "../operations.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Issues";
const ofIssue = z.strictObject({ id: id("iss") });

export const issueRoutes = [
  route({
    operationId: "draftIssue",
    method: "POST",
    path: "/v1/issues",
    tag,
    summary: "Draft an issue with the register's statutory items; the trustee decides it",
    scope: "issues:draft",
    body: newIssue,
    answers: { 201: issueCreated },
    limit: "write",
  }),
  route({
    operationId: "listIssues",
    method: "GET",
    path: "/v1/issues",
    tag,
    summary: "Issues that the caller may see",
    scope: "issues:read",
    query: issueQuery,
    answers: { 200: issuePage },
    limit: "read",
  }),
  route({
    operationId: "getIssue",
    method: "GET",
    path: "/v1/issues/{id}",
    tag,
    summary: "An issue with its terms, its token and the sums of its register",
    scope: "issues:read",
    params: ofIssue,
    query: issueReadQuery,
    answers: { 200: issueAnswer },
    limit: "read",
  }),
  route({
    operationId: "approveIssue",
    method: "POST",
    path: "/v1/issues/{id}/approve",
    tag,
    summary: "Approve a draft: its token is deployed",
    scope: "issues:approve",
    params: ofIssue,
    body: approval,
    answers: { 202: accepted },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER", "NOT_READY"],
    limit: "write",
  }),
  route({
    operationId: "rejectIssue",
    method: "POST",
    path: "/v1/issues/{id}/reject",
    tag,
    summary: "Reject a draft with a reason",
    scope: "issues:approve",
    params: ofIssue,
    body: rejection,
    answers: { 200: issueRejected },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER"],
    limit: "write",
  }),
  route({
    operationId: "issueUnits",
    method: "POST",
    path: "/v1/issues/{id}/issuances",
    tag,
    summary:
      "Issue units to holders' accounts, basis INITIAL (Trust Act 186); a wrong row refuses them all, by its number",
    scope: "issuances:write",
    params: ofIssue,
    body: newIssuance,
    answers: { 202: accepted },
    problems: [
      "MAKER_IS_CHECKER",
      "ISSUE_NOT_ACTIVE",
      "ISSUE_QUARANTINED",
      "ROWS_INVALID",
      "SUPPLY_EXCEEDED",
    ],
    limit: "bulk",
  }),
] as const;
