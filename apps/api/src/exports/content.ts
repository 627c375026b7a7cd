import { createHash } from "node:crypto";
import { exportUnmappedMax } from "@genbo/api-schema/limits";
import type { ExportPart, RegisterExport, Rendered, Unmapped } from "@genbo/database/register/exports";
import type { ProfileName } from "@genbo/domain/profiles";
import type { ApiContext } from "../context.ts";
import { entriesSheet } from "./entries-sheet.ts";
import { linePieces, type Piece } from "./lines.ts";
import { recordDateSheet } from "./record-date-sheet.ts";
import { registerSheet } from "./register-sheet.ts";
import { workbookBytes } from "./workbook.ts";

/** Pages of one part: a reading that goes on makes at most so many anew before its first byte. */
const partPages = 20;

const sheets = { REGISTER: registerSheet, ENTRIES: entriesSheet, RECORD_DATE: recordDateSheet };

/** The content as it is made: pieces from the page after `after`. A workbook can be made from its beginning alone. */
function piecesOf(
  ctx: ApiContext,
  order: RegisterExport,
  profile: ProfileName,
  after: string,
): AsyncGenerator<Piece> {
  const sheet = sheets[order.kind](ctx, order, profile);
  return order.format === "XLSX" ? workbookBytes(sheet) : linePieces(sheet, order.format, after);
}

/** Makes the whole content once: how long it is, its digest, and where it may be begun anew. */
export async function renderExport(
  ctx: ApiContext,
  order: RegisterExport,
  profile: ProfileName,
  onPart: () => Promise<void>,
): Promise<Rendered> {
  const whole = createHash("sha256");
  const parts: ExportPart[] = [];
  const unmapped: Unmapped = { cells: 0, first: [] };
  let [rows, bytes, pages] = [0, 0, 0];
  let part = { after: "", offset: 0, digest: createHash("sha256") };
  const closePart = async (next: string) => {
    const { after, offset, digest } = part;
    parts.push({ after, offset, bytes: bytes - offset, sha256: digest.digest("hex") });
    part = { after: next, offset: bytes, digest: createHash("sha256") };
    pages = 0;
    await onPart();
  };
  for await (const piece of piecesOf(ctx, order, profile, "")) {
    for (const { row, ...cell } of piece.unmapped ?? []) {
      unmapped.cells += 1;
      if (unmapped.first.length < exportUnmappedMax) unmapped.first.push({ row: rows + row, ...cell });
    }
    whole.update(piece.bytes);
    part.digest.update(piece.bytes);
    bytes += piece.bytes.length;
    rows += piece.rows;
    pages += piece.next === undefined ? 0 : 1;
    if (typeof piece.next === "string" && pages >= partPages) await closePart(piece.next);
  }
  await closePart("");
  return { rows, bytes, sha256: whole.digest("hex"), parts, unmapped };
}

/** The register, or a person's particulars, are no longer what the export was rendered from. */
export class ExportChanged extends Error {
  override readonly name = "ExportChanged";
}

/**
 * Bytes `from` to `to` (exclusive) of a rendered export, made anew from the part in which they begin. Each part is held
 * against its digest before its last bytes are given.
 * @throws ExportChanged rather than finish a part with other bytes
 */
export async function* exportBytes(
  ctx: ApiContext,
  order: RegisterExport & { rendered: Rendered },
  profile: ProfileName,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const parts = order.rendered.parts.filter((part) => part.offset + part.bytes > from);
  const [first] = parts;
  if (first === undefined) return;
  let [at, part, digest] = [first.offset, parts.shift()!, createHash("sha256")];
  for await (const { bytes } of piecesOf(ctx, order, profile, first.after)) {
    const end = part.offset + part.bytes;
    digest.update(bytes);
    if (at + bytes.length > end) throw new ExportChanged();
    const isWhole = at + bytes.length === end;
    if (isWhole && digest.digest("hex") !== part.sha256) throw new ExportChanged();
    const piece = bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (piece.length > 0) yield piece;
    at += bytes.length;
    if (at >= to) return;
    if (isWhole && parts.length > 0) [part, digest] = [parts.shift()!, createHash("sha256")];
  }
  throw new ExportChanged();
}
