import { z } from "zod";
import { pageAfter } from "../page.ts";
import {
  apiKey,
  keyCreated,
  keyPage,
  newKey,
  newParty,
  partyAnswer,
  partyCreated,
  partyPage,
  partyQuery,
  rotateKey,
} from "../parties.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

const tag = "Parties and keys";
const ofParty = z.strictObject({ id: id("pty") });
const ofKey = z.strictObject({ id: id("key") });

export const partyRoutes = [
  route({
    operationId: "createParty",
    method: "POST",
    path: "/v1/parties",
    tag,
    summary:
      "Admit a party. Issuers, trustees and brokers get a signer and their role on chain (202); others do not (201)",
    scope: "parties:write",
    body: newParty,
    answers: { 201: partyCreated, 202: partyCreated },
    problems: ["NOT_READY"],
    limit: "admin",
  }),
  route({
    operationId: "listParties",
    method: "GET",
    path: "/v1/parties",
    tag,
    summary: "Parties of the platform: legal entities, no investors",
    scope: "parties:read",
    query: partyQuery,
    answers: { 200: partyPage },
    limit: "read",
  }),
  route({
    operationId: "getParty",
    method: "GET",
    path: "/v1/parties/{id}",
    tag,
    summary: "One party",
    scope: "parties:read",
    params: ofParty,
    answers: { 200: partyAnswer },
    limit: "read",
  }),
  route({
    operationId: "createKey",
    method: "POST",
    path: "/v1/parties/{id}/keys",
    tag,
    summary: "Make an API key; its secret is shown in this answer alone",
    scope: "keys:write",
    params: ofParty,
    body: newKey,
    answers: { 201: keyCreated },
    limit: "admin",
  }),
  route({
    operationId: "listKeys",
    method: "GET",
    path: "/v1/parties/{id}/keys",
    tag,
    summary: "A party's keys, without their secrets",
    scope: "keys:write",
    params: ofParty,
    query: pageAfter(id("key")),
    answers: { 200: keyPage },
    limit: "read",
  }),
  route({
    operationId: "rotateKey",
    method: "POST",
    path: "/v1/keys/{id}/rotate",
    tag,
    summary: "Make a successor with the same scopes; the old secret ends after the grace",
    scope: "keys:write",
    params: ofKey,
    body: rotateKey,
    answers: { 201: keyCreated },
    problems: ["STATE_CONFLICT"],
    limit: "admin",
  }),
  route({
    operationId: "revokeKey",
    method: "DELETE",
    path: "/v1/keys/{id}",
    tag,
    summary: "End a key at once",
    scope: "keys:write",
    params: ofKey,
    answers: { 200: apiKey },
    limit: "admin",
  }),
] as const;
