import type { ExportFormat, Unmapped } from "@genbo/database/register/exports";
import { stringify } from "csv-stringify/sync";
import { guardCell } from "../http/csv-guard.ts";
import { cp932Bytes, cp932Text } from "./cp932.ts";
import { type Cell, type Sheet, textOf } from "./sheet.ts";

/** A run of the content's bytes. */
export interface Piece {
  bytes: Buffer;
  rows: number;
  /** A key after which the content can be begun anew; absent where this piece does not end at one. */
  next?: string | null;
  /** Cells that the encoding could not hold; `row` counts from the first of this piece. */
  unmapped?: Unmapped["first"];
}

type LineFormat = Exclude<ExportFormat, "XLSX">;
const byteOrderMark = "\uFEFF";

/** CSV or JSON lines from the page after `after`; the heading stands before the first page alone. */
export async function* linePieces(sheet: Sheet, format: LineFormat, after: string): AsyncGenerator<Piece> {
  if (after === "" && format !== "JSONL") yield headingOf(sheet, format);
  for await (const { rows, next } of sheet.pages(after)) yield { ...write[format](sheet, rows), next };
}

type Written = Omit<Piece, "next">;

const write: Record<LineFormat, (sheet: Sheet, rows: readonly Cell[][]) => Written> = {
  JSONL: ({ keys }, rows) => {
    const lines = rows.map((cells) => JSON.stringify(Object.fromEntries(cells.map(jsonOf(keys)))));
    return { bytes: Buffer.from(lines.map((line) => `${line}\n`).join("")), rows: rows.length };
  },
  CSV: (_sheet, rows) => ({ bytes: Buffer.from(csv(rows.map(csvCells))), rows: rows.length }),
  CSV_CP932: ({ keys }, rows) => {
    const unmapped: Unmapped["first"] = [];
    const held = rows.map((cells, row) =>
      csvCells(cells).map((cell, at) => {
        const { text, missing } = cp932Text(cell);
        if (missing.length > 0) unmapped.push({ row, column: keys[at]!, characters: missing });
        return text;
      }),
    );
    return { bytes: cp932Bytes(csv(held)), rows: rows.length, unmapped };
  },
};

/** Amounts are decimal strings as everywhere in the API; what counts lines is a number. */
const jsonOf =
  (keys: readonly string[]) =>
  (cell: Cell, at: number): [string, unknown] => [keys[at]!, typeof cell === "bigint" ? String(cell) : cell];

function headingOf({ headings }: Sheet, format: LineFormat): Piece {
  const text = csv([headings]);
  const bytes = format === "CSV" ? Buffer.from(byteOrderMark + text) : cp932Bytes(text);
  return { bytes, rows: 0 };
}

const csvCells = (cells: readonly Cell[]): string[] =>
  cells.map((cell) =>
    typeof cell === "bigint" || typeof cell === "number" ? String(cell) : guardCell(textOf(cell)),
  );

const csv = (rows: readonly (readonly string[])[]): string =>
  stringify(rows as string[][], { record_delimiter: "windows" });
