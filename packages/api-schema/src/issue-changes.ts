import { changeKinds, changeStates } from "@genbo/domain/issue-changes";
import { z } from "zod";
import { seenDocuments } from "./documents.ts";
import { lot, policy } from "./issues.ts";
import { bulkRowsMax } from "./limits.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import { address, clause, day, hash, id, instantText, line, sha256, units } from "./primitives.ts";

/** A split of one into a million is none that anybody makes; the contract's own limit is 2^64. */
const ratioTermMax = 1_000_000;

const reason = clause(1_000).describe("Why it is asked for");
const documentName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/, "is not 1 to 31 of A-Z, a-z, 0-9, dot, dash and underscore");

const redemption = z.strictObject({
  kind: z.literal("REDEMPTION"),
  reason,
  paidOn: day.describe("The day on which the money is paid: the units end from then on"),
  rows: z
    .array(z.strictObject({ from: address, units }))
    .min(1)
    .max(bulkRowsMax)
    .optional()
    .describe("Left out: every holding in full, as it stands when the trustee approves"),
});

export const newChange = named(
  "NewIssueChange",
  z.discriminatedUnion("kind", [
    redemption,
    z.strictObject({
      kind: z.literal("POLICY"),
      reason,
      policy: policy
        .omit({ unitsPerPersonTracked: true })
        .describe("The whole policy that shall be in force"),
      lot,
    }),
    z
      .strictObject({
        kind: z.literal("RATIO"),
        reason,
        numerator: z.int().min(1).max(ratioTermMax).describe("So many new units"),
        denominator: z.int().min(1).max(ratioTermMax).describe("in the place of so many old ones"),
      })
      .refine(({ numerator, denominator }) => numerator !== denominator, "changes nothing")
      .describe(
        "Consolidation or split of every holding (Trust Act 197(1)(iii)); parts of a unit are paid in money",
      ),
    z.strictObject({ kind: z.literal("PAUSE"), reason }).describe("At once, by one person of the trustee"),
    z.strictObject({ kind: z.literal("RESUME"), reason }),
    z.strictObject({
      kind: z.literal("TERMS"),
      reason,
      sha256: sha256.describe("SHA-256 of the deed as it now reads"),
      terms: z
        .record(z.string(), z.unknown())
        .optional()
        .describe(
          "All statutory items as they now read (TrustTerms or BondTerms): the register prints them from the entry on. " +
            "The chain then has SHA-256 of the canonical JSON of {deed, terms}. Left out, no item has changed",
        ),
      corrects: z
        .int()
        .min(1)
        .max(2 ** 32 - 1)
        .optional()
        .describe("The entry whose items were wrong from the first: these have effect from that one on"),
    }),
    z
      .strictObject({
        kind: z.literal("DOCUMENT"),
        reason,
        name: documentName,
        uri: line().describe("Where it is found"),
        sha256,
      })
      .describe("Adds a document of the issue, or replaces it (ERC-1643)"),
    z.strictObject({ kind: z.literal("DOCUMENT_REMOVAL"), reason, name: documentName }),
  ]),
);

const kind = z.enum(changeKinds);
const state = z.enum(changeStates);
const changeFields = z.object({
  id: id("chg"),
  ref: hash,
  issueId: id("iss"),
  kind,
  facts: z.record(z.string(), z.unknown()).describe("What was asked for; a broker does not see accounts"),
  reason: z.string(),
  state,
  code: z.string().nullable().describe("Why the chain refused it"),
  proposedBy: id("pty"),
  maker: z.string(),
  checker: z.string().nullable(),
  refusal: z.string().nullable(),
  createdAt: instantText,
  decidedAt: instantText.nullable(),
});
export const change = named("IssueChange", changeFields);
export const changeAnswer = named(
  "IssueChangeAnswer",
  readOf(changeFields).extend({
    executableAt: instantText
      .nullable()
      .describe(
        "Of a policy or a ratio: from when it may be approved; null until the chain has the proposal",
      ),
    operationIds: z.array(id("op")),
  }),
);
export const changeCarry = named("IssueChangeCarry", z.strictObject({}));
export const changePage = named("IssueChangePage", pageOf(change));
export const changeQuery = pageAfter(id("chg")).extend({ kind: kind.optional(), state: state.optional() });
export const changeApproval = named(
  "IssueChangeApproval",
  z.strictObject({
    documents: seenDocuments.describe(
      "The document that you have before you, `deed` for one of terms: another hash than the proposed one is refused",
    ),
  }),
);
export const changeWithdrawal = named("IssueChangeWithdrawal", z.strictObject({}));
export const changeRefusal = named("IssueChangeRefusal", z.strictObject({ reason: clause(1_000) }));
export const changeClosed = named("IssueChangeClosed", z.object({ id: id("chg"), state }));
