import { z } from "zod";
import { pageRowsDefault, pageRowsMax } from "./limits.ts";
import { asOf, knownAt } from "./moment.ts";
import { named } from "./named.ts";
import { countText, day, hash, height, heightText, instantText, line } from "./primitives.ts";

export const pageQuery = z.strictObject({
  cursor: line(400).optional().describe("`next` of the page before"),
  limit: countText(pageRowsMax, 1).default(pageRowsDefault),
});

/** Pages whose cursor has a form: one of another list would only skip rows without a word. */
export const pageAfter = (cursor: z.ZodType<string, string>) =>
  pageQuery.extend({ cursor: cursor.optional().describe("`next` of the page before") });

/** Of two fields that say the same a question has one: whichever of them were followed, the other would be passed over. */
export const notBoth =
  (one: string, other: string) =>
  (query: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    if (query[one] === undefined || query[other] === undefined) return;
    context.addIssue({ code: "custom", path: [one], message: `does not go with ${other}` });
    context.addIssue({ code: "custom", path: [other], message: `does not go with ${one}` });
  };

/** For reads that must see a block: what this client has just been told was entered. */
export const minBlockQuery = {
  minBlock: heightText.optional().describe("Answer only from a register at this block or later"),
};

export const asOfQuery = {
  asOf: asOf.optional(),
  knownAt: knownAt.optional(),
  ...minBlockQuery,
};

/** Where the register stood when it was read. Null before the first block was folded. */
export const asOfAnswer = named(
  "AsOf",
  z.object({
    seq: height.nullable().describe("Last entry of the issue that counts; null for what is not of one issue"),
    block: height,
    hash,
    time: instantText,
  }),
);

/** What was known of it: everything up to here. */
export const knownAtAnswer = named(
  "KnownAt",
  z.object({
    seq: height.describe("Last entry of the issue that was known"),
    head: hash.describe("Head of the entry chain there"),
    block: height,
    hash,
    time: instantText,
  }),
);

/** Entries after asOf that say something of it, as far as they were known. */
export const corrections = z
  .array(
    z.object({
      entry: height.describe("The entry that corrects"),
      corrects: height.nullable().describe("The entry that it corrects"),
      effectiveOn: day.nullable().describe("From the beginning of this day a court's order has effect"),
      made: z.boolean().describe("False where it cannot be true of this state, which stands without it"),
    }),
  )
  .describe("Later entries that correct what stood then. Empty: it is the chain's own state");

/** A page of rows; `next` is null on the last. */
export const pageOf = <S extends z.ZodType>(row: S) =>
  z.object({ items: z.array(row), next: z.string().nullable(), asOf: asOfAnswer.nullable() });
/** One row with the state of the register it was read from. */
export const readOf = <S extends z.ZodRawShape>(row: z.ZodObject<S>) =>
  row.extend({ asOf: asOfAnswer.nullable() });
