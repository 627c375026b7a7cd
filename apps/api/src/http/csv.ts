import { investorColumns, newInvestors, newWallets, walletColumns } from "@genbo/api-schema/investors";
import { bulkRowsMax } from "@genbo/api-schema/limits";
import type { RowError } from "@genbo/api-schema/problem";
import { dayOfIso, endOfDay } from "@genbo/domain/jst";
import { parse as parseCsv } from "csv-parse/sync";
import type { z } from "zod";
import { unguardCell } from "./csv-guard.ts";
import { wordOf } from "./csv-words.ts";
import { invalidField, ProblemError } from "./problem.ts";
import { errorsOf, rowsInvalid } from "./validate.ts";

type Cells = Readonly<Record<string, string | undefined>>;

/** Headings as Japanese banks write them, beside the English names of the columns. */
const headings: Readonly<Record<string, string>> = {
  顧客番号: "externalId",
  個人法人区分: "kind",
  氏名: "nameKanji",
  氏名漢字: "nameKanji",
  氏名カナ: "nameKana",
  氏名ローマ字: "nameRomaji",
  郵便番号: "postalCode",
  都道府県: "prefecture",
  市区町村: "city",
  番地: "street",
  住所国: "addressCountry",
  生年月日: "bornOn",
  投資家区分: "classes",
  居住国: "country",
  税区分: "taxCategory",
  確認期限: "validUntil",
  口座アドレス: "address",
};

/** Which cell a field of a row comes from, so that an error names the column. */
const cellOf: Readonly<Record<string, string>> = {
  "/particulars/kind": "kind",
  "/particulars/name/kanji": "nameKanji",
  "/particulars/name/kana": "nameKana",
  "/particulars/name/romaji": "nameRomaji",
  "/particulars/address/postalCode": "postalCode",
  "/particulars/address/prefecture": "prefecture",
  "/particulars/address/city": "city",
  "/particulars/address/street": "street",
  "/particulars/address/country": "addressCountry",
  "/particulars/bornOn": "bornOn",
};

/** The body of each bulk route that reads CSV, as its JSON form would be. @throws ProblemError ROWS_INVALID */
export const csvReaders: Readonly<Record<string, (text: string) => unknown>> = {
  registerInvestors: (text) =>
    readRows(text, newInvestors, investorOf, {
      known: new Set(investorColumns),
      required: new Set(Object.values(cellOf)),
      others: true,
    }),
  // Where the one column beside the number may be left out, one that is spelt otherwise must not be.
  registerWallets: (text) =>
    readRows(text, newWallets, walletOf, {
      known: new Set(walletColumns),
      required: new Set(),
      others: false,
    }),
};

interface Columns {
  known: ReadonlySet<string>;
  required: ReadonlySet<string>;
  /** Whether the file may have columns that are not read. */
  others: boolean;
}

function readRows<S extends z.ZodType>(
  text: string,
  schema: S,
  rowOf: (cells: Cells) => unknown,
  expected: Columns,
): z.output<S> {
  const rows = cellsOf(text, expected).map(rowOf);
  const result = schema.safeParse({ rows });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => errorsOf(issue, ""));
  throw rowsInvalid(errors.map(rowErrorOf));
}

function cellsOf(text: string, expected: Columns): Cells[] {
  let columns: string[] = [];
  const named = (heading: string[]) => {
    columns = heading.map((name) => headings[name.trim()] ?? name.trim());
    return columns;
  };
  let records: Cells[];
  try {
    records = parseCsv(text, {
      columns: named,
      bom: true,
      trim: true,
      cast: unguardCell,
      skip_empty_lines: true,
      to: bulkRowsMax + 1,
    });
  } catch (error) {
    throw lineFault(error);
  }
  if (records.length > bulkRowsMax) throw invalidField("/rows", `is longer or more than ${bulkRowsMax}`);
  const detail = records.length === 0 ? "The file has no rows." : headingFault(columns, expected);
  if (detail === undefined) return records;
  throw new ProblemError("ROWS_INVALID", detail, { pointer: "", rows: [] });
}

/** Names columns of ours alone: in a file without a heading its first row stands there. */
function headingFault(columns: readonly string[], { known, required, others }: Columns): string | undefined {
  const missing = [...required].filter((name) => !columns.includes(name));
  if (missing.length > 0) return `The heading lacks ${missing.join(", ")}.`;
  const twice = columns.find((name, at) => known.has(name) && columns.indexOf(name) < at);
  if (twice !== undefined) return `The heading has ${twice} twice.`;
  const other = columns.findIndex((name) => !known.has(name));
  return others || other < 0
    ? undefined
    : `Column ${other + 1} of the heading is none of ${[...known].join(", ")}.`;
}

/** The parser's own message quotes the line, which holds names: only its number is told. */
function lineFault(error: unknown): ProblemError {
  const { lines, code } = error as { lines?: number; code?: string };
  const detail = `is no CSV (${code ?? "unreadable"})`;
  const row = Math.max(0, (lines ?? 1) - 2);
  return rowsInvalid([{ row, pointer: `/rows/${row}`, code: "INVALID_FIELD", detail }]);
}

function rowErrorOf({ pointer, detail }: { pointer: string; detail: string }): RowError {
  const [, row = "0", field = ""] = /^\/rows\/(\d+)(.*)$/.exec(pointer) ?? [];
  const cell = cellOf[field];
  return {
    row: Number(row),
    pointer: cell === undefined ? pointer : `/rows/${row}/${cell}`,
    code: "INVALID_FIELD",
    detail: field === "/validUntil" && detail !== "is missing" ? noEnd : detail,
  };
}

/** A cell may hold a day where the field of JSON holds an instant alone. */
const noEnd = "is neither a day such as 2027-03-31 nor an instant, between 1970 and 9999";

/** An empty cell says nothing. */
const filled = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

function investorOf(cells: Cells): unknown {
  return {
    externalId: cells.externalId,
    classes: cells.classes?.split(/[|;・]/).map((name) => wordOf("classes", name.trim())),
    country: numberOf(cells.country),
    taxCategory: wordOf("taxCategory", cells.taxCategory),
    validUntil: instantOf(cells.validUntil),
    particulars: {
      kind: wordOf("kind", cells.kind),
      name: { kanji: cells.nameKanji, kana: cells.nameKana, romaji: cells.nameRomaji },
      address: {
        postalCode: cells.postalCode,
        prefecture: cells.prefecture,
        city: cells.city,
        street: cells.street,
        country: cells.addressCountry,
      },
      bornOn: isoOf(filled(cells.bornOn)) ?? null,
    },
  };
}

const walletOf = ({ externalId, address }: Cells): unknown => ({
  externalId,
  ...(filled(address) !== undefined && { address }),
});

const numberOf = (text: string | undefined): unknown =>
  text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : text;

/** A day as a spreadsheet saves it, `2027/3/31`; other text stays, for the schema to refuse. */
const isoOf = (text: string | undefined): string | undefined =>
  text?.replace(
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/,
    (_, year, month, day) => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`,
  );

/** A bank gives the last day of validity; it ends at 24:00 JST. */
function instantOf(text: string | undefined): string | undefined {
  const day = dayOfIso(isoOf(text) ?? "");
  return day === undefined ? text : endOfDay(day).toISOString();
}
