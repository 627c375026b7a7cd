import { z } from "zod";
import { documentsMax } from "./limits.ts";
import { line, sha256 } from "./primitives.ts";

/** What whoever decides says of the papers before him. */
export const seenDocuments = z
  .array(z.strictObject({ name: line(), sha256 }))
  .max(documentsMax)
  .default([])
  .describe(
    "The documents that you have before you, by the names under which they were filed, each with the SHA-256 of its " +
      "bytes: one that is not the one that was filed is refused (DOCUMENT_DIFFERS), and nothing is decided",
  );
