import { z } from "zod";
import { seenDocuments } from "./documents.ts";
import { documentsMax } from "./limits.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import { addressText, clause, customerNumber, id, instantText, line, sha256 } from "./primitives.ts";

/** open → consented (both brokers) → approved → entered; or refused (by the trustee or the chain), or withdrawn. */
export const custodyStates = ["open", "consented", "approved", "entered", "refused", "withdrawn"] as const;
const state = z.enum(custodyStates);

const document = z.strictObject({
  name: line().describe("Under which it is kept; no name of a person"),
  sha256,
});

export const newCustodyChange = named(
  "NewCustodyChange",
  z.strictObject({
    investorId: id("inv"),
    toBrokerId: id("pty").describe("The broker that takes the customer over"),
    documents: z.array(document).min(1).max(documentsMax).describe("The customer's own request for the move"),
  }),
);
export const custodyConsent = named(
  "CustodyConsent",
  z.strictObject({
    externalId: customerNumber.describe("The customer's number with the broker that takes it over"),
    documents: seenDocuments,
  }),
);
export const custodyApproval = named("CustodyApproval", z.strictObject({ documents: seenDocuments }));
export const custodyStep = named("CustodyStep", z.strictObject({}));
export const custodyRefusal = named("CustodyRefusal", z.strictObject({ reason: clause(1_000) }));

const fields = z.object({
  id: id("cus"),
  investorId: id("inv"),
  fromBrokerId: id("pty"),
  toBrokerId: id("pty"),
  accounts: z.array(addressText).describe("Every registered account of the customer: they move together"),
  documents: z.array(document),
  state,
  code: z.string().nullable().describe("Why the chain refused it"),
  maker: z.string(),
  acceptor: z.string().nullable(),
  checker: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: instantText,
  consentedAt: instantText.nullable(),
  decidedAt: instantText.nullable(),
});
export const custodyChange = named("CustodyChange", fields);
export const custodyChangeAnswer = named(
  "CustodyChangeAnswer",
  readOf(fields).extend({ operationIds: z.array(id("op")) }),
);
export const custodyChangePage = named("CustodyChangePage", pageOf(custodyChange));
export const custodyChangeQuery = pageAfter(id("cus")).extend({ state: state.optional() });
export const custodyClosed = named("CustodyClosed", z.object({ id: id("cus"), state }));
