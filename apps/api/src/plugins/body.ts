import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { visit } from "jsonc-parser";
import { ProblemError } from "../http/problem.ts";
import { keyCharsMax, pointerOf } from "../http/validate.ts";
import { routeOfRequest } from "./request.ts";

/** A body as it came, for its digest, and what it says: a JSON value, or the text of a CSV file. */
export interface Body {
  bytes: Buffer;
  json?: unknown;
  csv?: string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** What banks call Shift_JIS is Microsoft's code page 932; the decoder knows all of these names. */
const shiftJisNames = new Set([
  "shift_jis",
  "shift-jis",
  "sjis",
  "x-sjis",
  "windows-31j",
  "cp932",
  "ms932",
  "ms_kanji",
]);

/** Reads application/json and, where the route says so, text/csv. Bytes that are not in the encoding named are refused. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, bytes: Buffer) => {
      refusePacked(request);
      const charset = charsetOf(request.headers["content-type"]);
      // RFC 8259: what travels between systems is UTF-8.
      if (charset !== "utf-8" && charset !== "utf8")
        throw new ProblemError("MEDIA_TYPE", "JSON is read in UTF-8 alone.");
      return { bytes, json: jsonOf(bytes) };
    },
  );
  app.addContentTypeParser(
    "text/csv",
    { parseAs: "buffer" },
    async (request: FastifyRequest, bytes: Buffer) => {
      if (!routeOfRequest(request)?.csv)
        throw new ProblemError("MEDIA_TYPE", "This route reads application/json.");
      refusePacked(request);
      return { bytes, csv: decode(bytes, charsetOf(request.headers["content-type"])) };
    },
  );
}

function jsonOf(bytes: Buffer): unknown {
  // As the decoder does, and a tenth of its price; it alone drops a byte order mark.
  const text = isUtf8(bytes) && bytes[0] !== 0xef ? bytes.toString("utf8") : decode(bytes, "utf-8");
  if (text === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may hold a name.
    throw new ProblemError("MALFORMED_JSON", "The body is no JSON text.");
  }
  try {
    // A text that is its own value written again names nothing twice; most clients send it so.
    if (JSON.stringify(value) !== text) refuseTwice(text);
  } catch (error) {
    // The walk is recursive; no body of ours is a hundredth as deep as that.
    if (!(error instanceof RangeError)) throw error;
    throw new ProblemError("MALFORMED_JSON", "The body is nested too deeply.");
  }
  return value;
}

/** Of a name that stands twice every parser takes another value, so the one that was checked may not be the one meant. */
function refuseTwice(text: string): void {
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name, _offset, _length, _line, _character, path) => {
      const names = open.at(-1)!;
      if (names.has(name)) {
        const pointer = pointerOf([...path(), name.slice(0, keyCharsMax)], "");
        throw new ProblemError("MALFORMED_JSON", `${pointer} stands twice in the body.`, { pointer });
      }
      names.add(name);
    },
  });
}

function refusePacked(request: FastifyRequest): void {
  const coding = request.headers["content-encoding"]?.trim().toLowerCase();
  if (coding !== undefined && coding !== "identity")
    throw new ProblemError("MEDIA_TYPE", "Send the body as it is: no Content-Encoding is read.");
}

function decode(bytes: Buffer, charset: string): string {
  const decoder = shiftJisNames.has(charset) ? new TextDecoder("shift_jis", { fatal: true }) : utf8;
  if (decoder === utf8 && charset !== "utf-8" && charset !== "utf8") {
    throw new ProblemError("BAD_ENCODING", "CSV is read in UTF-8 and Shift_JIS (CP932).");
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ProblemError("BAD_ENCODING", `The body has bytes that are no ${charset}.`);
  }
}

const charsetOf = (contentType = ""): string =>
  /;\s*charset\s*=\s*"?([\w-]+)"?/i.exec(contentType)?.[1]?.toLowerCase() ?? "utf-8";
