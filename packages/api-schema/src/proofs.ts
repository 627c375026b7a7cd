import { z } from "zod";
import { anchoredRoot } from "./anchors.ts";
import { asOf, knownAt } from "./moment.ts";
import { named } from "./named.ts";
import { asOfAnswer, corrections, knownAtAnswer, minBlockQuery, notBoth } from "./page.ts";
import { addressText, hash, height, heightText, id, line, unitsText } from "./primitives.ts";
import { registerRow } from "./register.ts";

export const registerExport = named(
  "RegisterExport",
  z
    .string()
    .describe(
      "JSON lines: a header, every line of the registry, every entry, an end with counts and a sha256. `genbo verify` " +
        "recomputes every head from it. An export that lacks its end was cut off.",
    ),
);
export const exportQuery = z.strictObject({
  asOf: asOf.optional(),
  ...minBlockQuery,
  purpose: line().optional(),
});

export const proofQuery = z
  .strictObject({
    asOf: asOf.optional(),
    knownAt: knownAt.optional(),
    block: heightText.optional().describe("As of the end of this block; not beside `asOf`"),
    ...minBlockQuery,
  })
  .superRefine(notBoth("asOf", "block"));
const proofFields = {
  issueId: id("iss"),
  token: addressText,
  registry: addressText,
  chainId: height,
  asOf: asOfAnswer.describe("The block after which it stood so: compare the token's `head()` there"),
  head: hash.describe("Head of the entry chain at asOf.seq"),
  knownAt: knownAtAnswer,
  corrections: corrections.describe(
    "Empty: root and sums are of the chain's own state at asOf. Else they are of that state as these later entries " +
      "correct it, which is the state of no block: export up to knownAt.seq to see them",
  ),
  totals: z
    .object({ units: unitsText, holders: height, accounts: height })
    .nullable()
    .describe("Sums of the whole issue; null for who sees its own customers only"),
  root: hash.describe("Root of the Merkle tree over the holdings; see docs/export.md"),
  anchored: anchoredRoot
    .nullable()
    .describe(
      "This very root as RegisterAnchor holds it, where a day closed or a list was frozen in this state",
    ),
};
export const issueProof = named("IssueProof", z.object(proofFields));
export const holdingProof = named(
  "HoldingProof",
  z.object({
    ...proofFields,
    holding: registerRow,
    leaf: hash.describe("keccak256(keccak256(account, units, encumbered, lots))"),
    path: z.array(hash).describe("Siblings from the leaf to the root, each hashed with the lower one first"),
  }),
);
