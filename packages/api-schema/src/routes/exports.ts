import { z } from "zod";
import { bookExport, exportContent, newExport } from "../exports.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Exports";
const ofExport = z.strictObject({ id: id("exp") });

export const exportRoutes = [
  route({
    operationId: "createExport",
    method: "POST",
    path: "/v1/issues/{id}/exports",
    tag,
    summary:
      "Order the register, its entries or a record-date list as a file; a broker's has its own customers",
    scope: "register:read",
    params: z.strictObject({ id: id("iss") }),
    body: newExport,
    answers: { 201: bookExport },
    problems: ["ISSUE_NOT_ACTIVE", "AS_OF_IN_FUTURE", "REGISTER_BEHIND", "STATE_CONFLICT"],
    limit: "bulk",
  }),
  route({
    operationId: "getExport",
    method: "GET",
    path: "/v1/exports/{id}",
    tag,
    summary: "Whether an export is ready, with the size and SHA-256 of its file",
    scope: "register:read",
    params: ofExport,
    answers: { 200: bookExport },
    limit: "read",
  }),
  route({
    operationId: "readExport",
    method: "GET",
    path: "/v1/exports/{id}/content",
    tag,
    summary: "The file, streamed; goes on where it was cut off by Range",
    scope: "register:read",
    params: ofExport,
    answers: { 200: exportContent, 206: exportContent },
    media: "application/octet-stream",
    problems: ["STATE_CONFLICT", "RANGE_NOT_SATISFIABLE"],
    limit: "bulk",
  }),
] as const;
