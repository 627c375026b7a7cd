import { z } from "zod";
import { asOf } from "./moment.ts";
import { named } from "./named.ts";
import { asOfAnswer } from "./page.ts";
import {
  address,
  addressText,
  hash,
  height,
  id,
  instantText,
  line,
  personId,
  sha256,
  trusteeAgrees,
} from "./primitives.ts";

const side = z.enum(["HOLDER", "PLEDGEE"]);
const ofPayload = sha256.describe("Of the signed bytes: the JWS payload, decoded");

export const newCertificate = named(
  "NewCertificate",
  z.strictObject({
    account: address.optional().describe("Of this account; or `personId`"),
    personId: personId.optional().describe("Of all accounts of this holder in the issue, in one certificate"),
    side: side.default("HOLDER").describe("Of the account's own entries, or of the pledges in its favour"),
    asOf: asOf.optional(),
    purpose: line().optional(),
    trusteeAgrees,
  }),
);

const certificateFields = z.object({
  number: id("crt"),
  issueId: id("iss"),
  side,
  account: addressText.nullable().describe("Null: of all accounts of the holder"),
  accounts: z.array(addressText).describe("Those that it speaks of"),
  personId,
  seq: height.describe("The last entry that it counts"),
  head: hash,
  sha256: ofPayload,
  issuedAt: instantText,
  verification: z.string().describe("Path at which anybody checks it"),
});
export const certificate = named("Certificate", certificateFields);

const jws = named(
  "CertificateJws",
  z.object({
    payload: z.string(),
    signatures: z.array(z.object({ protected: z.string(), signature: z.string() })),
  }),
  "General JWS (RFC 7515), ES256: one signature of each trustee, or of the issuer of a bond",
);
export const certificateAnswer = named("CertificateAnswer", certificateFields.extend({ jws }));
export const certificateQuery = z.strictObject({ purpose: line().optional() });

export const certificateVerification = named(
  "CertificateVerification",
  z.object({
    number: id("crt"),
    issueId: id("iss"),
    state: z
      .enum(["VALID", "SUPERSEDED", "VOID"])
      .describe(
        "VALID: what it says still stands. SUPERSEDED: it was true, and entries about it have followed. VOID: the " +
          "register no longer has the entry at which it was made",
      ),
    seq: height,
    head: hash,
    sha256: ofPayload,
    issuedAt: instantText,
    signers: z.array(z.object({ name: z.string(), kid: z.string(), jwk: z.record(z.string(), z.unknown()) })),
    asOf: asOfAnswer.nullable().describe("Where the register stood when this was answered"),
  }),
);
