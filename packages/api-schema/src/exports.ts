import { z } from "zod";
import { exportUnmappedMax } from "./limits.ts";
import { asOf, knownAt } from "./moment.ts";
import { named } from "./named.ts";
import { asOfAnswer, knownAtAnswer } from "./page.ts";
import { height, id, instantText, line, sha256 } from "./primitives.ts";

const kind = z
  .enum(["REGISTER", "ENTRIES", "RECORD_DATE"])
  .describe("Who holds what; the numbered lines; a frozen record-date list");
const format = z
  .enum(["CSV", "CSV_CP932", "JSONL", "XLSX"])
  .describe("CSV is UTF-8 with a BOM; CSV_CP932 is what Japanese banks call Shift_JIS");

export const newExport = named(
  "NewExport",
  z.strictObject({
    kind,
    format,
    asOf: asOf.optional().describe("What stood then. Of RECORD_DATE fixed by the list, as knownAt is"),
    knownAt: knownAt.optional(),
    recordDateId: id("rdt").optional().describe("Of RECORD_DATE alone, and needed there"),
    version: z.int().min(1).max(1_000_000).optional().describe("Of the frozen list; the newest if left out"),
    names: z
      .boolean()
      .default(false)
      .describe("With names and addresses, for who may read them; needs a purpose"),
    purpose: line().optional().describe("Why personal data is read; stands in the audit trail"),
  }),
);

export const bookExport = named(
  "Export",
  z.object({
    id: id("exp"),
    issueId: id("iss"),
    kind,
    format,
    recordDateId: id("rdt").nullable(),
    version: z.int().nullable(),
    names: z.boolean(),
    purpose: z.string().nullable(),
    maker: z.string(),
    asOf: asOfAnswer.describe("What stood then is what the file shows"),
    knownAt: knownAtAnswer.describe("As it was known here: later rectifications are not in the file"),
    state: z
      .enum(["rendering", "ready", "failed", "changed"])
      .describe("`changed`: what it was made of is not there any more (an erasure, say). Make a new one"),
    content: z
      .object({
        rows: height,
        bytes: height,
        sha256,
        unmapped: z
          .object({
            cells: height,
            first: z.array(
              z.object({
                row: height.describe("From 0, the heading not counted"),
                column: z.string(),
                characters: z.array(z.string()),
              }),
            ),
          })
          .nullable()
          .describe(
            `Cells with characters that CP932 has no code for (〓 stands there): how many, and the first ${exportUnmappedMax}`,
          ),
      })
      .nullable()
      .describe("Null until it is ready"),
    createdAt: instantText,
    readyAt: instantText.nullable(),
  }),
);

export const exportContent = named(
  "ExportContent",
  z
    .string()
    .describe(
      "The file. The same bytes each time: `ETag` and `Repr-Digest` are its SHA-256, and a reading that was cut off " +
        "goes on with `Range: bytes=N-` and `If-Range`.",
    ),
);
