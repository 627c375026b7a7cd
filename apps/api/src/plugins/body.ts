import type { FastifyInstance, FastifyRequest } from "fastify";
import { ProblemError } from "../problem.ts";
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
    async (_request: unknown, bytes: Buffer) => ({
      bytes,
      json: jsonOf(bytes),
    }),
  );
  app.addContentTypeParser(
    "text/csv",
    { parseAs: "buffer" },
    async (request: FastifyRequest, bytes: Buffer) => {
      if (!routeOfRequest(request)?.csv)
        throw new ProblemError("MEDIA_TYPE", "This route reads application/json.");
      return { bytes, csv: decode(bytes, charsetOf(request.headers["content-type"])) };
    },
  );
}

function jsonOf(bytes: Buffer): unknown {
  const text = decode(bytes, "utf-8");
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may hold a name.
    throw new ProblemError("MALFORMED_JSON", "The body is no JSON text.");
  }
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
