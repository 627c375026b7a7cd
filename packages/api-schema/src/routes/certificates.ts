import { z } from "zod";
import {
  certificate,
  certificateAnswer,
  certificateQuery,
  certificateVerification,
  newCertificate,
} from "../certificates.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Certificates";
const ofNumber = z.strictObject({ number: id("crt") });

export const certificateRoutes = [
  route({
    operationId: "issueCertificate",
    method: "POST",
    path: "/v1/issues/{id}/certificates",
    tag,
    summary:
      "A signed certificate of one holder's own entries, or of one pledgee's pledges; a broker asks for its own customers",
    scope: "certificates:issue",
    params: z.strictObject({ id: id("iss") }),
    body: newCertificate,
    answers: { 201: certificate },
    problems: ["ISSUE_NOT_ACTIVE", "STATE_CONFLICT", "ISSUE_QUARANTINED", "AS_OF_IN_FUTURE", "RIGHTS_REST"],
    limit: "write",
  }),
  route({
    operationId: "readCertificate",
    method: "GET",
    path: "/v1/certificates/{number}",
    tag,
    summary: "The signed text of a certificate",
    scope: "certificates:read",
    params: ofNumber,
    query: certificateQuery,
    answers: { 200: certificateAnswer },
    limit: "read",
  }),
  route({
    operationId: "verifyCertificate",
    method: "GET",
    path: "/v1/certificates/{number}/verification",
    tag,
    summary:
      "Whether a certificate still stands, with its hash and the keys that signed it: no personal data",
    scope: null,
    params: ofNumber,
    answers: { 200: certificateVerification },
    limit: "open",
  }),
] as const;
