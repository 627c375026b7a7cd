import { roles, scopes } from "@genbo/domain/permissions";
import { subjectOf } from "@genbo/domain/subject";
import { z } from "zod";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import { addressText, id, instant, instantText, line } from "./primitives.ts";

export const partyKind = z.enum(roles);

const partyFields = z.object({
  id: id("pty"),
  kind: partyKind,
  name: z.string(),
  signer: addressText.nullable().describe("Address that signs for it; null for who never acts on chain"),
  custodianId: z.int().positive().nullable().describe("A broker's number in the holder registry"),
  createdAt: instantText,
});
export const party = named("Party", partyFields);

export const newParty = named(
  "NewParty",
  z.strictObject({
    kind: partyKind,
    name: line().describe("Public. An investor's is not kept: it is a person's"),
    investorId: id("inv").optional().describe("For the kind investor: whom it acts for"),
  }),
);
export const partyCreated = named("PartyCreated", partyFields.extend({ operationId: id("op").nullable() }));
export const partyAnswer = named("PartyAnswer", readOf(partyFields));
export const partyPage = named("PartyPage", pageOf(party));
export const partyQuery = pageAfter(id("pty")).extend({ kind: partyKind.optional() });

const keyFields = z.object({
  id: id("key"),
  partyId: id("pty"),
  role: partyKind,
  subject: z.string().describe("The person or machine that acts; maker and checker are compared by it"),
  madeBy: z
    .string()
    .nullable()
    .describe(
      "The person whose key made it, and who it counts as until it is confirmed; null for a party's first key",
    ),
  waits: z.boolean().describe("It works only once another operator than its maker has confirmed it"),
  confirmedAt: instantText.nullable().describe("When the operator confirmed that its subject alone holds it"),
  prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  createdAt: instantText,
  expiresAt: instantText.nullable(),
  lastUsedAt: instantText.nullable().describe("Written at most every few seconds"),
  revokedAt: instantText.nullable(),
});
export const apiKey = named("ApiKey", keyFields);

export const newKey = named(
  "NewApiKey",
  z.strictObject({
    subject: line(100)
      .transform(subjectOf)
      .refine((text) => text.length > 0, "names nobody")
      .describe("Kept in one form: NFKC, lower case, every dash a hyphen"),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .optional()
      .describe("All that the party's role may hold but keys:write, if left out"),
    expiresAt: instant.optional(),
  }),
);
export const rotateKey = named(
  "RotateApiKey",
  z.strictObject({
    graceSeconds: z.int().min(0).max(604_800).default(0).describe("How long the old secret still works"),
    expiresAt: instant.optional(),
  }),
);
export const keyConfirmation = named("ApiKeyConfirmation", z.strictObject({}));
export const keyCreated = named(
  "ApiKeyCreated",
  keyFields.extend({
    secret: z.string().nullable().describe("Shown this once, never stored; null on a repeat"),
  }),
);
export const keyPage = named("ApiKeyPage", pageOf(apiKey));
