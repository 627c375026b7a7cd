import { z } from "zod";
import { id } from "../primitives.ts";
import { exportQuery, registerExport } from "../proofs.ts";
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
] as const;
