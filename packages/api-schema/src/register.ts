import { z } from "zod";
import { partOf } from "./holds.ts";
import { particulars, taxCategory } from "./investors.ts";
import { investorClass, issueState } from "./issues.ts";
import { asOf } from "./moment.ts";
import { named } from "./named.ts";
import {
  asOfAnswer,
  asOfQuery,
  corrections,
  knownAtAnswer,
  minBlockQuery,
  notBoth,
  pageAfter,
  pageOf,
  pageQuery,
  readOf,
} from "./page.ts";
import { personFields, receiver, text } from "./person.ts";
import {
  addressText,
  clause,
  day,
  hash,
  height,
  heightText,
  id,
  instantText,
  line,
  personId,
  unitsText,
} from "./primitives.ts";
import { deedOnRecordDates } from "./terms.ts";

export const lot = named(
  "Lot",
  z.object({ acquiredOn: day, units: unitsText }),
  "Units with one acquisition date",
);

export const registerRow = named(
  "RegisterRow",
  z.object({
    account: addressText,
    personId,
    units: unitsText,
    encumbered: unitsText,
    free: unitsText,
    lots: z.array(lot),
    fromSeq: height.describe("The entry since which it stands so"),
  }),
);
export const registerPage = named(
  "RegisterPage",
  z.object({
    issueId: id("iss"),
    items: z.array(registerRow),
    next: z.string().nullable(),
    asOf: asOfAnswer,
    knownAt: knownAtAnswer,
    corrections,
    totals: z
      .object({ units: unitsText, holders: height, accounts: height })
      .nullable()
      .describe("Sums of the whole issue as of then; null for who sees its own customers only"),
    head: hash.nullable().describe("Head of the entry chain at asOf.seq"),
  }),
);
export const registerQuery = pageAfter(addressText).extend({ ...asOfQuery, personId: personId.optional() });

export const totalsAnswer = named(
  "RegisterTotals",
  z.object({
    issueId: id("iss"),
    state: issueState,
    units: unitsText,
    holders: height,
    accounts: height,
    byClass: z
      .array(z.object({ class: investorClass, holders: height, units: unitsText }))
      .describe("Empty for the issuer, who has readAggregates"),
    asOf: asOfAnswer,
    knownAt: knownAtAnswer,
    corrections,
  }),
);
export const totalsQuery = z.strictObject(asOfQuery);

export const entry = named(
  "Entry",
  z.object({
    seq: height,
    kind: z.string(),
    basis: z.string().describe("Legal basis, as JOINT_REQUEST"),
    basisArticle: z.string(),
    units: unitsText,
    from: addressText.nullable(),
    to: addressText.nullable(),
    fromPerson: personId.nullable(),
    toPerson: personId.nullable(),
    ref: hash,
    data: hash,
    head: hash.describe("Head after this entry"),
    tradeDate: day.nullable(),
    acquiredOn: day.nullable(),
    settlementDate: day.nullable(),
    holdId: hash.nullable(),
    lots: z.array(lot),
    corrects: height.nullable().describe("The earlier entry that this one rectifies"),
    effectiveOn: day.nullable().describe("The past day from whose beginning a court's order has effect"),
    correctedBy: z.array(height).describe("Later entries that rectify this one, as far as known at knownAt"),
    operationId: z.string().nullable(),
    maker: z.string().nullable().describe("Who made what this line enters; null for a self-custody wallet"),
    checker: z
      .string()
      .nullable()
      .describe(
        "Who approved it; of issued units who approved the issue; null where one person acts, as for an acceptance",
      ),
    block: height,
    blockHash: hash,
    txHash: hash,
    logIndex: height,
    enteredAt: instantText,
    perfectedAt: instantText
      .nullable()
      .describe(
        "Null for a line that changes no title, pledge or attachment: a request, its acceptance, a policy",
      ),
  }),
);
export const entryPage = named("EntryPage", pageOf(entry).extend({ knownAt: knownAtAnswer }));
export const entryQuery = pageQuery
  .extend({
    ...asOfQuery,
    after: heightText.optional().describe("Begin after this entry; not beside `cursor`"),
    personId: personId.optional(),
  })
  .superRefine(notBoth("cursor", "after"));

export const holderAnswer = named(
  "HolderAnswer",
  z.object({
    issueId: id("iss"),
    personId,
    units: unitsText,
    accounts: z.array(registerRow),
    particulars: z
      .array(
        z.object({
          version: z.int(),
          effectiveOn: day,
          evidenceRef: z.string(),
          knownAt: instantText,
          commitment: hash,
          corrects: z.int().nullable().describe("The version that was wrong, and that this one replaces"),
          correctedBy: z.int().nullable().describe("The version that replaces this wrong one, if known"),
          value: particulars.nullable(),
        }),
      )
      .describe("Newest first; empty for who may not see names"),
    asOf: asOfAnswer,
    knownAt: knownAtAnswer,
    corrections,
  }),
);
export const historyPage = named(
  "HolderHistory",
  pageOf(
    registerRow.omit({ free: true, personId: true }).extend({
      toSeq: height.nullable().describe("The entry that ended it; null while it stands"),
      from: instantText,
      to: instantText.nullable(),
    }),
  ),
);
export const historyQuery = pageAfter(
  z.string().regex(/^\d{1,15}-0x[0-9a-f]{40}$/, "is no cursor of this list"),
).extend({ asOf: asOf.optional(), ...minBlockQuery });
export const holderQuery = z.strictObject({ ...asOfQuery, purpose: line().optional() });

export const ownHoldingQuery = z.strictObject(asOfQuery);
export const ownEntriesQuery = pageAfter(z.string().regex(/^\d{1,15}$/, "is no cursor of this list")).extend(
  asOfQuery,
);

const recordDateFields = z.object({
  id: id("rdt"),
  issueId: id("iss"),
  day,
  closesAt: instantText.describe("24:00 JST of that day"),
  purpose: z.string(),
  exerciseUntil: day.nullable(),
  noticeOn: day.nullable(),
  deedClauseRef: z.string().nullable(),
  deed: deedOnRecordDates
    .nullable()
    .describe(
      "What it was held against instead of the law's periods: the issue's terms of then (Trust Act 189(5))",
    ),
  maker: z.string(),
  createdAt: instantText,
  list: z
    .object({
      version: z.int().describe("One more with each correction entered later that reaches back to that day"),
      seq: height,
      knownSeq: height.describe(
        "The last entry that the list knows of: the correction that made this version",
      ),
      head: hash,
      units: unitsText,
      holders: height,
      frozenAt: instantText,
    })
    .nullable()
    .describe("Null until the day has ended and a block after it was folded"),
});
export const recordDate = named("RecordDate", recordDateFields);
export const newRecordDate = named(
  "NewRecordDate",
  z.strictObject({
    day,
    purpose: clause(200),
    exerciseUntil: day
      .optional()
      .describe(
        "Last day on which the right is exercised: a trust's within three months (Trust Act 189(3)), or as its terms say (189(5))",
      ),
    noticeOn: day
      .optional()
      .describe(
        "Notice in the official gazette, two weeks before (Trust Act 189(4)), or as the terms say (189(5))",
      ),
    deedClauseRef: line()
      .optional()
      .describe("Clause of the deed that fixes both the date and the rights: then no notice is needed"),
  }),
);
const standing = z.object({ units: unitsText, lots: z.array(lot) }).nullable();
const recordDateChange = named(
  "RecordDateChange",
  z.object({ account: addressText, personId, before: standing, after: standing }),
  "How an account stands in a version of a list, and stood in the one before; null without units",
);
const listedPledge = z.object({
  holdId: hash,
  pledgee: addressText,
  pledgeePersonId: personId.nullable(),
  name: text,
  address: text,
  units: unitsText,
  waiting: unitsText.describe("Units under pledges of earlier rank that it claims, too"),
  partOf,
  rank: height.describe("Among the pledges on the same units, from 1"),
});
export const recordDateRow = named(
  "RecordDateRow",
  z.object({
    personId,
    units: unitsText.describe("In all accounts"),
    encumbered: unitsText,
    lots: z.array(lot).describe("Of all accounts: units with one day of acquisition together"),
    taxCategory: taxCategory
      .nullable()
      .describe("The holder's tax status on that day, as it was known when the day closed"),
    holder: z
      .object({
        ...personFields,
        coOwnersRepresentative: receiver
          .nullable()
          .describe("The co-owner who exercises the rights of all (Trust Act 193; Companies Act 686)"),
      })
      .nullable()
      .describe("With names=true: who holds, and who acts for it, as the register named it at 24:00 JST"),
    accounts: z
      .array(
        registerRow.omit({ personId: true }).extend({
          pledges: z
            .array(listedPledge)
            .describe(
              "Pledges of these units: who may collect before the holder (Trust Act 97). Named with names=true",
            ),
          attached: unitsText.describe(
            "Units under an attachment: what they yield is not the holder's to take",
          ),
        }),
      )
      .describe("Each is a leaf of the Merkle root that is anchored for this list"),
  }),
);
export const recordDatePage = named("RecordDatePage", pageOf(recordDate));
export const recordDateList = named(
  "RecordDateList",
  readOf(recordDateFields).extend({
    items: z.array(recordDateRow),
    next: z.string().nullable(),
    corrections: corrections.describe("Entries that came after the day and reach back to it, up to knownSeq"),
    changes: z.array(recordDateChange).describe("What this version has otherwise than the one before"),
  }),
);
export const recordDateQuery = pageAfter(id("rdt"));
export const recordDateListQuery = pageAfter(personId).extend({
  ...minBlockQuery,
  version: heightText.optional(),
  names: z
    .literal("true")
    .optional()
    .describe("With name, address and representatives, for who may see them"),
  purpose: line().optional().describe("Why names are read; needed with names"),
});
