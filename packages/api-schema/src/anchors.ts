import { z } from "zod";
import { named } from "./named.ts";
import { pageAfter, pageOf } from "./page.ts";
import { addressText, day, hash, height, instantText } from "./primitives.ts";

export const anchoredRoot = named(
  "AnchoredRoot",
  z.object({
    kind: z.enum(["DAY_CLOSE", "RECORD_DATE"]).describe("Close of a day, or list of a record date"),
    day: day.describe("The state at 24:00 JST of this day. A day without entries has the close before it"),
    version: z.int().min(1).describe("A later version supersedes the one before, and names it"),
    seq: height.describe("The last entry that counts"),
    head: hash.describe("Head of the entry chain at that entry"),
    root: hash.describe("Root of the Merkle tree over the holdings; see docs/export.md"),
    anchor: z
      .object({
        contract: addressText.describe("RegisterAnchor"),
        supersedes: hash.nullable(),
        block: height,
        hash: hash.describe("Of the block"),
        time: instantText,
        txHash: hash,
      })
      .nullable()
      .describe("Where the chain holds it; null until it does, and for a register without holdings"),
  }),
  "A root of an issue's holdings that is published on chain",
);
export const anchoredRootPage = named("AnchoredRootPage", pageOf(anchoredRoot));

const cursor = z.string().regex(/^\d{4}-\d{2}-\d{2}\.[12]\.\d{1,9}$/, "is no cursor of this list");
export const anchoredRootQuery = pageAfter(cursor);
