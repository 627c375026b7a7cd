import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { type Customer, type InvestorRow, investorRow } from "./customer.ts";

/** The columns of the export, in the order and under the headings of the broker's own system. */
const columns: readonly [heading: string, cell: (row: InvestorRow) => string][] = [
  ["顧客番号", (row) => row.externalId],
  ["氏名", (row) => row.particulars.name.kanji],
  ["氏名カナ", (row) => row.particulars.name.kana],
  ["氏名ローマ字", (row) => row.particulars.name.romaji],
  ["個人法人区分", (row) => (row.particulars.kind === "individual" ? "個人" : "法人")],
  ["生年月日", (row) => (row.particulars.bornOn ?? "").replaceAll("-", "/")],
  ["郵便番号", (row) => row.particulars.address.postalCode],
  ["都道府県", (row) => row.particulars.address.prefecture],
  ["市区町村", (row) => row.particulars.address.city],
  ["番地", (row) => row.particulars.address.street],
  ["住所国", (row) => row.particulars.address.country],
  ["居住国", (row) => String(row.country)],
  ["投資家区分", (row) => row.classes.map((name) => classWords[name]).join("・")],
  ["税区分", (row) => taxWords[row.taxCategory]],
  ["確認期限", (row) => lastDay(row.validUntil)],
];

const classWords: Record<InvestorRow["classes"][number], string> = {
  QII: "適格機関投資家",
  PROFESSIONAL: "特定投資家",
  CORPORATE: "法人",
  RETAIL: "一般",
  ISSUER_TRUSTEE: "受託者",
  BROKER: "金融商品取引業者",
};

const taxWords: Record<InvestorRow["taxCategory"], string> = {
  RESIDENT_INDIVIDUAL: "居住者",
  NON_RESIDENT_INDIVIDUAL: "非居住者",
  DOMESTIC_CORPORATION: "内国法人",
  FOREIGN_CORPORATION: "外国法人",
};

/** A bank writes the last day on which a check holds: until 24:00 JST of it. */
const lastDay = (instant: string) => isoOfDay(jstDay(new Date(instant)) - 1).replaceAll("-", "/");

/** Customers as a bank's system exports them: UTF-8 with BOM, CRLF, Japanese headings. */
export function bankCsv(customers: readonly Customer[]): Uint8Array<ArrayBuffer> {
  const rows = customers.map(investorRow);
  const lines = [
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  const text = lines.map((cells) => cells.map(quoted).join(",")).join("\r\n");
  return new TextEncoder().encode(`\ufeff${text}\r\n`);
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
