import { type ProfileName, type StatutoryItem, termsItems } from "@genbo/domain/profiles";
import { z } from "zod";
import { named } from "./named.ts";
import { clause, line } from "./primitives.ts";

/** No issue known has more than three trustees. */
const partiesMax = 10;

const party = z.strictObject({ name: line(), address: line() });
const shapes = {
  text: clause(),
  party,
  parties: z.array(party).min(1).max(partiesMax),
} as const satisfies Record<StatutoryItem["shape"], z.ZodType>;

function itemSchema(item: StatutoryItem): z.ZodType {
  const shape = shapes[item.shape];
  return (item.always ? shape : shape.nullable()).describe(
    `Item ${item.number}. ${item.ja} (${item.article})`,
  );
}

/**
 * The statutory items that a draft must state, made from the register's profile. Null says "there is none". The other
 * items are the register's own: holders in the vault, dates of acquisition in the lots.
 */
const termsOf = (profile: ProfileName) =>
  z.strictObject(Object.fromEntries(termsItems(profile).map((item) => [item.key, itemSchema(item)])));

/** Deeds set months and weeks, not years. */
const monthsMax = 24;
const noticeDaysMax = 366;

export const deedOnRecordDates = named(
  "DeedOnRecordDates",
  z.strictObject({
    clause: line().describe("Of the deed"),
    exerciseMonths: z.int().min(1).max(monthsMax).describe("Instead of the law's 3"),
    noticeDays: z.int().min(0).max(noticeDaysMax).describe("Instead of the law's 14; 0: no notice"),
  }),
  "What the deed provides for record dates instead of Trust Act 189(3)(4), as 189(5) lets it; both periods as they then are",
);

export const trustTerms = named(
  "TrustTerms",
  // One of the "other terms of the trust" that item 14 has, in a form that record dates are held against.
  termsOf("TRUST_BENEFICIAL").extend({ recordDates: deedOnRecordDates.nullable().optional() }),
  "受益権原簿, Trust Act 186",
);
export const bondTerms = named("BondTerms", termsOf("BOND"), "社債原簿, Companies Act 681");
