import { z } from "zod";
import { pageRowsDefault, pageRowsMax } from "./limits.ts";
import { named } from "./named.ts";
import { countText, day, hash, height, heightText, instant, instantText, line } from "./primitives.ts";

export const pageQuery = z.strictObject({
  cursor: line(400).optional().describe("`next` of the page before"),
  limit: countText(pageRowsMax, 1).default(pageRowsDefault),
});

/** Pages whose cursor has a form: one of another list would only skip rows without a word. */
export const pageAfter = (cursor: z.ZodType<string, string>) =>
  pageQuery.extend({ cursor: cursor.optional().describe("`next` of the page before") });

/** For reads that must see a block: what this client has just been told was entered. */
export const minBlockQuery = {
  minBlock: heightText.optional().describe("Answer only from a register at this block or later"),
};

/** Legal time is an instant, or a day: then 24:00 JST of that day. */
export const asOf = z
  .union([instant, day])
  .describe("What stood then: an instant, or a day in Japan (24:00 JST of that day)");
export const asOfQuery = {
  asOf: asOf.optional(),
  knownAt: asOf.optional().describe("What was known then: before rectifications entered later"),
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

/** A page of rows; `next` is null on the last. */
export const pageOf = <S extends z.ZodType>(row: S) =>
  z.object({ items: z.array(row), next: z.string().nullable(), asOf: asOfAnswer.nullable() });
/** One row with the state of the register it was read from. */
export const readOf = <S extends z.ZodRawShape>(row: z.ZodObject<S>) =>
  row.extend({ asOf: asOfAnswer.nullable() });
