import { z } from "zod";
import {
  custodyApproval,
  custodyChangeAnswer,
  custodyChangePage,
  custodyChangeQuery,
  custodyClosed,
  custodyConsent,
  custodyRefusal,
  custodyStep,
  newCustodyChange,
} from "../custody.ts";
import { accepted } from "../operations.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Custody changes";
const ofChange = z.strictObject({ id: id("cus") });

export const custodyRoutes = [
  route({
    operationId: "fileCustodyChange",
    method: "POST",
    path: "/v1/custody-changes",
    tag,
    summary:
      "Hand a customer with all its accounts to another broker: the consent of the broker that keeps it",
    scope: "wallets:write",
    body: newCustodyChange,
    answers: { 202: accepted },
    problems: ["NOT_FOUND", "STATE_CONFLICT"],
    limit: "write",
  }),
  route({
    operationId: "listCustodyChanges",
    method: "GET",
    path: "/v1/custody-changes",
    tag,
    summary: "Custody changes; a broker sees those that it gives or takes",
    scope: "wallets:read",
    query: custodyChangeQuery,
    answers: { 200: custodyChangePage },
    limit: "read",
  }),
  route({
    operationId: "getCustodyChange",
    method: "GET",
    path: "/v1/custody-changes/{id}",
    tag,
    summary: "One custody change with its operations",
    scope: "wallets:read",
    params: ofChange,
    answers: { 200: custodyChangeAnswer },
    limit: "read",
  }),
  route({
    operationId: "consentToCustodyChange",
    method: "POST",
    path: "/v1/custody-changes/{id}/consent",
    tag,
    summary: "Take the customer over: the consent of the receiving broker",
    scope: "wallets:write",
    params: ofChange,
    body: custodyConsent,
    answers: { 202: accepted },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER", "ALREADY_EXISTS", "DOCUMENT_DIFFERS"],
    limit: "write",
  }),
  route({
    operationId: "approveCustodyChange",
    method: "POST",
    path: "/v1/custody-changes/{id}/approve",
    tag,
    summary:
      "Approve as the trustee, once both consents stand on the chain: the accounts' records are rewritten",
    scope: "cases:decide",
    params: ofChange,
    body: custodyApproval,
    answers: { 202: accepted },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER", "CASE_REFUSED", "DOCUMENT_DIFFERS"],
    limit: "write",
  }),
  route({
    operationId: "refuseCustodyChange",
    method: "POST",
    path: "/v1/custody-changes/{id}/refuse",
    tag,
    summary: "Refuse as the trustee, with a reason",
    scope: "cases:decide",
    params: ofChange,
    body: custodyRefusal,
    answers: { 200: custodyClosed },
    problems: ["STATE_CONFLICT", "MAKER_IS_CHECKER"],
    limit: "write",
  }),
  route({
    operationId: "withdrawCustodyChange",
    method: "POST",
    path: "/v1/custody-changes/{id}/withdraw",
    tag,
    summary: "Take the consent back, as either broker, before the trustee approves",
    scope: "wallets:write",
    params: ofChange,
    body: custodyStep,
    answers: { 202: accepted },
    problems: ["STATE_CONFLICT"],
    limit: "write",
  }),
] as const;
