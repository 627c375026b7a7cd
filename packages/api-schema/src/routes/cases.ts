import { z } from "zod";
import {
  caseAnswer,
  caseApproval,
  caseClosed,
  casePage,
  caseQuery,
  caseRefusal,
  caseWithdrawal,
  legalCase,
  newCase,
} from "../cases.ts";
import { holdPage, holdQuery } from "../holds.ts";
import { accepted } from "../operations.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Legal acts";
const ofIssue = z.strictObject({ id: id("iss") });
const ofCase = z.strictObject({ id: id("cas") });

export const caseRoutes = [
  route({
    operationId: "fileCase",
    method: "POST",
    path: "/v1/issues/{id}/cases",
    tag,
    summary:
      "File a legal act: pledge, attachment, succession and the like; a broker files pledges and recoveries of its own customers",
    scope: "cases:file",
    params: ofIssue,
    body: newCase,
    answers: { 201: legalCase },
    problems: ["CASE_REFUSED", "ISSUE_NOT_ACTIVE", "ISSUE_QUARANTINED"],
    limit: "write",
  }),
  route({
    operationId: "listCases",
    method: "GET",
    path: "/v1/issues/{id}/cases",
    tag,
    summary: "Cases of an issue; a broker sees those about its own customers",
    scope: "cases:read",
    params: ofIssue,
    query: caseQuery,
    answers: { 200: casePage },
    limit: "read",
  }),
  route({
    operationId: "getCase",
    method: "GET",
    path: "/v1/cases/{id}",
    tag,
    summary: "One case with its facts, documents, deadlines and operations",
    scope: "cases:read",
    params: ofCase,
    answers: { 200: caseAnswer },
    limit: "read",
  }),
  route({
    operationId: "approveCase",
    method: "POST",
    path: "/v1/cases/{id}/approve",
    tag,
    summary: "Approve as a second person of the trustee: the act is entered, and takes effect with its entry",
    scope: "cases:decide",
    params: ofCase,
    body: caseApproval,
    answers: { 202: accepted },
    problems: [
      "DOCUMENT_DIFFERS",
      "STATE_CONFLICT",
      "MAKER_IS_CHECKER",
      "CASE_REFUSED",
      "ISSUE_NOT_ACTIVE",
      "ISSUE_QUARANTINED",
    ],
    limit: "write",
  }),
  route({
    operationId: "refuseCase",
    method: "POST",
    path: "/v1/cases/{id}/refuse",
    tag,
    summary: "Refuse as a second person of the trustee, with a reason",
    scope: "cases:decide",
    params: ofCase,
    body: caseRefusal,
    answers: { 200: caseClosed },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER"],
    limit: "write",
  }),
  route({
    operationId: "withdrawCase",
    method: "POST",
    path: "/v1/cases/{id}/withdraw",
    tag,
    summary: "Withdraw an open case as the party that filed it",
    scope: "cases:file",
    params: ofCase,
    body: caseWithdrawal,
    answers: { 200: caseClosed },
    problems: ["STATE_CONFLICT"],
    limit: "write",
  }),
  route({
    operationId: "listHolds",
    method: "GET",
    path: "/v1/issues/{id}/holds",
    tag,
    summary:
      "Holds as of any instant: requests, pledges, attachments, lock-ups; a broker sees its own customers'",
    scope: "register:read",
    params: ofIssue,
    query: holdQuery,
    answers: { 200: holdPage },
    limit: "read",
  }),
] as const;
