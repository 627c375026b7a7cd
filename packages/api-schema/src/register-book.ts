import { capacities } from "@genbo/domain/trust-mark";
import { z } from "zod";
import { partOf } from "./holds.ts";
import { named } from "./named.ts";
import { asOfAnswer, asOfQuery, corrections, knownAtAnswer, pageAfter } from "./page.ts";
import { personFields, receiver, text } from "./person.ts";
import { addressText, hash, height, id, instantText, line, personId, unitsText } from "./primitives.ts";
import { lot } from "./register.ts";

const order = height.describe("Order of entry among what encumbers the account, from 1");

const pledge = named(
  "BookPledge",
  z.object({
    holdId: hash,
    order,
    account: addressText.nullable(),
    name: text,
    address: text,
    notices: receiver.nullable(),
    units: unitsText.describe("What it encumbers"),
    waiting: unitsText.describe("What it waits for under pledges that rank before it"),
    behind: hash.nullable().describe("The first pledge on the same units; null where it ranks behind none"),
    partOf,
    rank: height.describe("Rank among the pledges on the same units, from 1"),
    claim: z.string().nullable(),
    enteredAt: instantText,
  }),
  "Pledgee and pledged units (Trust Act 201(1); Companies Act 694(1)). Units are encumbered once: what a later pledge claims of them waits",
);
const attachment = named(
  "BookAttachment",
  z.object({
    holdId: hash,
    order,
    units: unitsText,
    waiting: unitsText.describe("What it waits for behind earlier holds"),
    partOf,
    enteredAt: instantText,
  }),
);
const mark = named(
  "BookMark",
  z.object({
    basisArticle: z
      .string()
      .describe("TA 206 or CA 695-2: another trust's property; 197(1), 690(1): the trustee's own"),
    trustProperty: z.boolean(),
    capacity: z.enum(capacities).describe("To which property the trustee's own units belong (TAR 20)"),
    trust: z.string().nullable().describe("The other trust"),
    units: unitsText,
    enteredAt: instantText,
  }),
);
export const bookHolder = named(
  "BookHolder",
  z.object({
    account: addressText,
    personId,
    ...personFields,
    units: unitsText,
    lots: z.array(lot),
    pledges: z.array(pledge),
    attachments: z.array(attachment),
    marks: z.array(mark),
  }),
);
export const bookItem = named(
  "BookItem",
  z.object({
    number: height,
    key: z.string(),
    article: z.string(),
    ja: z.string(),
    place: z
      .enum(["terms", "issue", "register", "fixed"])
      .describe("register: stands with each holder below"),
    value: z.unknown().describe("Null says that there is none"),
  }),
);
export const registerBook = named(
  "RegisterBook",
  z.object({
    issueId: id("iss"),
    profile: z.enum(["TRUST_BENEFICIAL", "BOND"]),
    name: z.string(),
    symbol: z.string(),
    items: z.array(bookItem).describe("Every statutory item of the profile, in the order of the law"),
    termsEntry: height
      .nullable()
      .describe(
        "The entry that put the items of `terms`: as they stood at asOf, and as was known at knownAt",
      ),
    termsHash: hash.describe("What that entry has of them"),
    holders: z.array(bookHolder),
    next: z.string().nullable(),
    asOf: asOfAnswer,
    knownAt: knownAtAnswer,
    corrections,
    head: hash.nullable(),
  }),
  "受益権原簿 (Trust Act 186), 社債原簿 (Companies Act 681)",
);
export const bookQuery = pageAfter(addressText).extend({ ...asOfQuery, purpose: line().optional() });
