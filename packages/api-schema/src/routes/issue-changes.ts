import { z } from "zod";
import {
  change,
  changeAnswer,
  changeApproval,
  changeClosed,
  changePage,
  changeQuery,
  changeRefusal,
  changeWithdrawal,
  newChange,
} from "../issue-changes.ts";
import { accepted } from "../operations.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Changes of an issue";
const ofIssue = z.strictObject({ id: id("iss") });
const ofChange = z.strictObject({ id: id("chg") });

export const issueChangeRoutes = [
  route({
    operationId: "proposeChange",
    method: "POST",
    path: "/v1/issues/{id}/changes",
    tag,
    summary:
      "Propose a redemption, a policy, terms or a document (201, the trustee decides; a policy goes to the chain at once, 202), or stop an issue at once (202)",
    scope: "changes:propose",
    params: ofIssue,
    body: newChange,
    answers: { 201: change, 202: accepted },
    problems: ["ISSUE_NOT_ACTIVE", "ISSUE_QUARANTINED", "STATE_CONFLICT", "ROWS_INVALID"],
    limit: "bulk",
  }),
  route({
    operationId: "listChanges",
    method: "GET",
    path: "/v1/issues/{id}/changes",
    tag,
    summary: "Changes of an issue, those that wait and those that are done",
    scope: "changes:read",
    params: ofIssue,
    query: changeQuery,
    answers: { 200: changePage },
    limit: "read",
  }),
  route({
    operationId: "getChange",
    method: "GET",
    path: "/v1/changes/{id}",
    tag,
    summary: "One change with its operations",
    scope: "changes:read",
    params: ofChange,
    answers: { 200: changeAnswer },
    limit: "read",
  }),
  route({
    operationId: "approveChange",
    method: "POST",
    path: "/v1/changes/{id}/approve",
    tag,
    summary: "Approve as another person, at the trustee: it is entered. A policy waits a day for it",
    scope: "changes:decide",
    params: ofChange,
    body: changeApproval,
    answers: { 202: accepted },
    problems: [
      "STATE_CONFLICT",
      "MAKER_IS_CHECKER",
      "NOT_YET_DUE",
      "NOT_YET_SETTLED",
      "ISSUE_NOT_ACTIVE",
      "ISSUE_QUARANTINED",
      "ROWS_INVALID",
    ],
    limit: "write",
  }),
  route({
    operationId: "refuseChange",
    method: "POST",
    path: "/v1/changes/{id}/refuse",
    tag,
    summary: "Refuse as another person, at the trustee, with a reason",
    scope: "changes:decide",
    params: ofChange,
    body: changeRefusal,
    answers: { 200: changeClosed },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER"],
    limit: "write",
  }),
  route({
    operationId: "withdrawChange",
    method: "POST",
    path: "/v1/changes/{id}/withdraw",
    tag,
    summary: "Withdraw an open change as the party that proposed it",
    scope: "changes:propose",
    params: ofChange,
    body: changeWithdrawal,
    answers: { 200: changeClosed },
    problems: ["STATE_CONFLICT"],
    limit: "write",
  }),
] as const;
