import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { type Cell, type Sheet, textOf } from "./sheet.ts";

/** What Excel reads of one sheet, the heading among them; further rows go to further sheets. */
const sheetRowsMax = 1_048_576;
/** Rows that are compressed at a time. */
const batchRows = 500;
/** The same moment in every workbook, so that the same register gives the same bytes. */
const made = { mtime: new Date("2000-01-01T00:00:00Z"), mode: 0o100644, forceDosTimestamp: true };

/** An XLSX file of the rows, written as it is read: only one batch of rows is in memory. */
export async function* workbookBytes(sheet: Sheet): AsyncGenerator<{ bytes: Buffer; rows: number }> {
  const zip = new ZipFile();
  const out = zip.outputStream as Readable;
  const rows = rowsOf(sheet);
  let written = 0;
  const addSheet = async (number: number): Promise<void> => {
    const first = await rows.next();
    if (first.done === true && number > 1) return finish(zip, number - 1);
    const xml = async function* () {
      yield sheetOpen + rowXml(sheet.headings);
      let batch = first.done === true ? "" : rowXml(first.value);
      let count = first.done === true ? 0 : 1;
      while (count < sheetRowsMax - 1) {
        const row = await rows.next();
        if (row.done === true) break;
        batch += rowXml(row.value);
        count += 1;
        if (count % batchRows !== 0) continue;
        yield batch;
        batch = "";
      }
      written += count;
      yield batch + sheetClose;
      await addSheet(number + 1);
    };
    const source = Readable.from(xml(), { objectMode: false });
    // The zip library pipes, and a pipe does not hand on errors.
    source.on("error", (error) => out.destroy(error));
    zip.addReadStream(source, `xl/worksheets/sheet${number}.xml`, made);
  };
  try {
    await addSheet(1);
    for await (const bytes of out) yield { bytes: bytes as Buffer, rows: 0 };
    yield { bytes: Buffer.alloc(0), rows: written };
  } finally {
    out.destroy();
    await rows.return(undefined);
  }
}

async function* rowsOf(sheet: Sheet): AsyncGenerator<Cell[], void, undefined> {
  for await (const page of sheet.pages("")) yield* page.rows;
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const sheetOpen = `${xmlHead}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
const sheetClose = "</sheetData></worksheet>";

const rowXml = (cells: readonly Cell[]): string => `<row>${cells.map(cellXml).join("")}</row>`;

/** Text stands as text, never as a formula. A number beyond what Excel holds exactly is text as well. */
function cellXml(cell: Cell): string {
  if (cell === null || (typeof cell === "object" && cell.length === 0)) return "<c/>";
  if ((typeof cell === "bigint" || typeof cell === "number") && cell < 1_000_000_000_000_000)
    return `<c><v>${cell}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(textOf(cell))}</t></is></c>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold
const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
/** What a spreadsheet reads as the code of another character (ECMA-376, ST_Xstring). */
const characterCode = /_(?=x[0-9A-Fa-f]{4}_)/g;
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(characterCode, "_x005F_")
    .replaceAll(noXml, "\ufffd");

/** The parts that name the sheets; their number is known at the end alone, and a zip's order is free. */
function finish(zip: ZipFile, sheets: number): void {
  const numbers = Array.from({ length: sheets }, (_, at) => at + 1);
  const add = (path: string, text: string) => zip.addBuffer(Buffer.from(xmlHead + text), path, made);
  add(
    "xl/workbook.xml",
    `<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets>${numbers
      .map((number) => `<sheet name="${number}" sheetId="${number}" r:id="rId${number}"/>`)
      .join("")}</sheets></workbook>`,
  );
  add(
    "xl/_rels/workbook.xml.rels",
    `<Relationships xmlns="${packages}/relationships">${numbers
      .map(
        (number) =>
          `<Relationship Id="rId${number}" Type="${relationships}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
      )
      .join("")}</Relationships>`,
  );
  add(
    "_rels/.rels",
    `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  );
  add(
    "[Content_Types].xml",
    `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/>${numbers
      .map(
        (number) =>
          `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${spreadsheet}.worksheet+xml"/>`,
      )
      .join("")}</Types>`,
  );
  zip.end();
}
