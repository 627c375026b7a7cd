import { type CaseKind, caseKinds, caseStates, documentKinds } from "@genbo/domain/cases/kinds";
import { z } from "zod";
import { caseFacts } from "./case-facts.ts";
import { seenDocuments } from "./documents.ts";
import { documentsMax } from "./limits.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import { address, clause, day, hash, id, instantText, line, sha256 } from "./primitives.ts";

const caseKind = z.enum(caseKinds);
const caseState = z.enum(caseStates);

const document = named(
  "CaseDocument",
  z.strictObject({
    kind: z.enum(documentKinds),
    name: line().describe("Under which it is kept; no name of a person"),
    sha256,
    account: address
      .optional()
      .describe("Of the one heir whom it is about; left out, it is about all who ask"),
  }),
);
const documents = z.array(document).min(1).max(documentsMax);

const filing = <Kind extends CaseKind>(kind: Kind) =>
  z.strictObject({ kind: z.literal(kind), facts: caseFacts[kind], documents });

export const newCase = named(
  "NewCase",
  z.discriminatedUnion("kind", [
    filing("PLEDGE"),
    filing("PLEDGE_CHANGE"),
    filing("PLEDGE_RELEASE"),
    filing("ATTACHMENT"),
    filing("ATTACHMENT_RELEASE"),
    filing("SALE_ORDER"),
    filing("AUCTION"),
    filing("SUCCESSION"),
    filing("CORPORATE_SUCCESSION"),
    filing("RECOVERY"),
    filing("LOCKUP"),
    filing("LOCKUP_RELEASE"),
    filing("JUDGMENT"),
    filing("EQUIVALENT_INSTRUMENT"),
    filing("JUDGMENT_RELEASE"),
    filing("TRUSTEE_ACQUISITION"),
    filing("TRUSTEE_DISPOSAL"),
    filing("TRUST_PROPERTY_MARK"),
    filing("TRUST_PROPERTY_ERASURE"),
    filing("REPRESENTATION"),
    filing("CO_OWNERSHIP"),
    filing("UNITS_RECTIFICATION"),
    filing("DATES_RECTIFICATION"),
    filing("PARTICULARS_RECTIFICATION"),
    filing("FREEZE"),
    filing("UNFREEZE"),
  ]),
);

const caseFields = z.object({
  id: id("cas"),
  ref: hash.describe("Under which the chain names it; also the id of the hold that it makes"),
  issueId: id("iss"),
  kind: caseKind,
  basis: z.string().describe("Legal basis of its entries, as PLEDGE_SET"),
  basisArticle: z.string(),
  state: caseState,
  code: z
    .string()
    .nullable()
    .describe("Why the chain refused it. An attachment is `open` again then: what was served stays served"),
  filedBy: id("pty"),
  maker: z.string(),
  checker: z.string().nullable(),
  reason: z.string().nullable(),
  facts: z
    .record(z.string(), z.unknown())
    .describe(
      "Of cases with names, those are here only in the answer for one case, to who may see them. A broker whose " +
        "customer is an heir sees of the heirs its own customers alone, who keeps the deceased's account all",
    ),
  documents: z.array(document),
  deadlines: z.array(
    z.object({
      name: z.string(),
      article: z.string(),
      due: day
        .nullable()
        .describe(
          "Null as long as the holidays of its year are not announced: then `notBefore` is the earliest",
        ),
      notBefore: day.optional(),
    }),
  ),
  result: z
    .record(z.string(), z.unknown())
    .describe("What it came to: of an attachment what was recorded, what remains, and the requests it ended"),
  createdAt: instantText,
  decidedAt: instantText.nullable(),
});
export const legalCase = named("LegalCase", caseFields);
export const caseAnswer = named(
  "LegalCaseAnswer",
  readOf(caseFields).extend({ operationIds: z.array(id("op")) }),
);
export const casePage = named("LegalCasePage", pageOf(legalCase));
export const caseQuery = pageAfter(id("cas")).extend({
  kind: caseKind.optional(),
  state: caseState.optional(),
});

export const caseApproval = named("CaseApproval", z.strictObject({ documents: seenDocuments }));
export const caseWithdrawal = named("CaseWithdrawal", z.strictObject({}));
export const caseRefusal = named("CaseRefusal", z.strictObject({ reason: clause(1_000) }));
export const caseClosed = named("CaseClosed", z.object({ id: id("cas"), state: caseState }));
