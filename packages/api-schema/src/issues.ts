import { type InvestorClass, investorClassNames } from "@genbo/domain/investor-class";
import { issueStates } from "@genbo/domain/states";
import { z } from "zod";
import { bulkRowsMax } from "./limits.ts";
import { named } from "./named.ts";
import { minBlockQuery, pageAfter, pageOf, readOf } from "./page.ts";
import {
  address,
  addressText,
  clause,
  day,
  hash,
  height,
  id,
  instant,
  instantText,
  line,
  units,
  unitsText,
  yen,
  yenText,
} from "./primitives.ts";
import { bondTerms, trustTerms } from "./terms.ts";

export const investorClass = z.enum(investorClassNames as [InvestorClass, ...InvestorClass[]]);

/** What the packed policy word on chain says, in words. */
export const policy = named(
  "Policy",
  z.strictObject({
    acceptanceRequired: z.boolean().default(true).describe("The buyer's broker must accept"),
    approvalRequired: z.boolean().default(true).describe("The trustee must approve (譲渡制限付)"),
    wholeHoldingOnly: z.boolean().default(false).describe("一括譲渡, DEF 13(3)(i)"),
    transfersForbidden: z.boolean().default(false),
    unitsPerPersonTracked: z.boolean().default(false).describe("Fixed at issue"),
    classes: z
      .array(investorClass)
      .max(6)
      .default([])
      .describe("Receivers admitted; none named = every class"),
    lockUpUntil: instant.nullable().default(null),
    maxUnitsPerPerson: units.nullable().default(null).describe("Needs unitsPerPersonTracked"),
    maxHolders: z.int().min(1).max(4_294_967_295).nullable().default(null),
  }),
);

export const lot = units.refine((value) => value <= 4_294_967_295n, "is more than 32 bits").describe("単元");

const newIssueFields = {
  name: line(),
  symbol: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,15}$/, "is not 1 to 16 of A-Z, 0-9 and -"),
  trusteeId: id("pty"),
  totalUnits: units,
  unitPriceYen: yen,
  minUnits: units.describe("Least units of one allotment"),
  lot,
  successionKeepsDates: z
    .boolean()
    .default(true)
    .describe(
      "Whether heirs and companies that succeed keep the days of acquisition; else the day of the succession counts",
    ),
  certificateless: z.literal(true).describe("Fixed at issue: Trust Act 185(2), (3), (4)"),
  policy,
};
export const newIssue = named(
  "NewIssue",
  z.discriminatedUnion("profile", [
    z.strictObject({ profile: z.literal("TRUST_BENEFICIAL"), ...newIssueFields, terms: trustTerms }),
    z.strictObject({ profile: z.literal("BOND"), ...newIssueFields, terms: bondTerms }),
  ]),
);

export const issueState = z.enum(issueStates);

const policyAnswer = named(
  "PolicyAnswer",
  z.object({
    paused: z.boolean(),
    acceptanceRequired: z.boolean(),
    approvalRequired: z.boolean(),
    wholeHoldingOnly: z.boolean(),
    transfersForbidden: z.boolean(),
    unitsPerPersonTracked: z.boolean(),
    classes: z.array(investorClass),
    lockUpUntil: instantText.nullable(),
    maxUnitsPerPerson: unitsText.nullable(),
    maxHolders: z.int().nullable(),
  }),
);

const issueFields = z.object({
  id: id("iss"),
  profile: z.enum(["TRUST_BENEFICIAL", "BOND"]),
  name: z.string(),
  symbol: z.string(),
  state: issueState,
  issuerId: id("pty"),
  trusteeId: id("pty"),
  totalUnits: unitsText.describe("Approved units, as consolidations and splits count them since"),
  unitPriceYen: yenText.describe("Paid for a unit at the issue"),
  totalYen: z.string().describe("Approved units at the issue × unitPriceYen"),
  minUnits: unitsText,
  lot: unitsText,
  successionKeepsDates: z.boolean(),
  certificateless: z.boolean(),
  policy: policyAnswer,
  ref: hash.describe("The issue's name on chain"),
  termsHash: hash.describe("Of the terms as they were approved"),
  token: addressText.nullable(),
  codeHash: hash.nullable(),
  deployedBlock: height.nullable(),
  maker: z.string(),
  checker: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: instantText,
  decidedAt: instantText.nullable(),
  register: z
    .object({ seq: height, head: hash, units: unitsText, holders: height })
    .nullable()
    .describe("Sums without names; null until the first entry, and for a venue"),
});
export const issue = named("Issue", issueFields);
export const issueAnswer = named(
  "IssueAnswer",
  readOf(issueFields).extend({
    terms: z.record(z.string(), z.unknown()).describe("The statutory items of the profile as they stand"),
  }),
);
export const issueCreated = named(
  "IssueCreated",
  z.object({ id: id("iss"), state: issueState, termsHash: hash }),
);
export const issueRejected = named("IssueRejected", z.object({ id: id("iss"), state: issueState }));
export const issuePage = named("IssuePage", pageOf(issue));
export const issueQuery = pageAfter(id("iss")).extend({ state: issueState.optional(), ...minBlockQuery });
export const issueReadQuery = z.strictObject(minBlockQuery);
export const approval = named("Approval", z.strictObject({}));
export const rejection = named("Rejection", z.strictObject({ reason: clause(1_000) }));

export const newIssuance = named(
  "NewIssuance",
  z.strictObject({
    opening: z
      .boolean()
      .optional()
      .describe(
        "Whether the rows open a register that goes on with an earlier one's: days of acquisition may then lie as far back as they do there",
      ),
    rows: z
      .array(
        z.strictObject({
          to: address,
          units,
          acquiredOn: day.optional().describe("The day of the entry, if left out"),
        }),
      )
      .min(1)
      .max(bulkRowsMax),
  }),
);
