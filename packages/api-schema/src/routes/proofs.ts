import { z } from "zod";
import { anchoredRootPage, anchoredRootQuery } from "../anchors.ts";
import { address, id } from "../primitives.ts";
import { exportQuery, holdingProof, issueProof, proofQuery, registerExport } from "../proofs.ts";
import { route } from "../route.ts";

const tag = "Proof";
const ofIssue = z.strictObject({ id: id("iss") });

export const proofRoutes = [
  route({
    operationId: "exportRegister",
    method: "GET",
    path: "/v1/issues/{id}/export",
    tag,
    summary: "All from which a stranger recomputes the register, as JSON lines without personal data",
    scope: "register:export",
    params: ofIssue,
    query: exportQuery,
    answers: { 200: registerExport },
    media: "application/x-ndjson",
    problems: ["ISSUE_NOT_ACTIVE"],
    limit: "bulk",
  }),
  route({
    operationId: "proveRegister",
    method: "GET",
    path: "/v1/issues/{id}/proof",
    tag,
    summary: "Head, block, sums and the Merkle root over the holdings as of any instant or block",
    scope: "register:read",
    params: ofIssue,
    query: proofQuery,
    answers: { 200: issueProof },
    problems: ["ISSUE_NOT_ACTIVE"],
    limit: "read",
  }),
  route({
    operationId: "proveHolding",
    method: "GET",
    path: "/v1/issues/{id}/proof/{account}",
    tag,
    summary: "One holding with its Merkle path; a broker proves its own customers'",
    scope: "register:read",
    params: z.strictObject({ id: id("iss"), account: address }),
    query: proofQuery,
    answers: { 200: holdingProof },
    problems: ["ISSUE_NOT_ACTIVE"],
    limit: "read",
  }),
  route({
    operationId: "listAnchors",
    method: "GET",
    path: "/v1/issues/{id}/anchors",
    tag,
    summary: "Roots of day closes and record-date lists, by day, each with its place on chain",
    scope: "issues:read",
    params: ofIssue,
    query: anchoredRootQuery,
    answers: { 200: anchoredRootPage },
    limit: "read",
  }),
] as const;
