import { type Customer, investorRow } from "./accounts.ts";

type Row = ReturnType<typeof investorRow>;

/** The columns of the broker's export, in its own order and under its own headings. */
const columns: readonly [heading: string, cell: (row: Row) => string][] = [
  ["顧客番号", (row) => row.externalId],
];

/** A broker's customers as its bank's system exports them: UTF-8 with BOM, CRLF, Japanese headings. */
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
