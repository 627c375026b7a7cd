import { z } from "zod";
import { named } from "./named.ts";
import { asOf, minBlockQuery } from "./page.ts";
import { line } from "./primitives.ts";

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
