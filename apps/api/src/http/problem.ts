import type { FailingRule, FieldError, Problem, RowError } from "@genbo/api-schema/problem";
import { type ProblemCode, problemOf, problemPath } from "@genbo/api-schema/problems";

export type Language = "en" | "ja";

export interface ProblemParts {
  pointer?: string;
  errors?: readonly FieldError[];
  failing?: readonly FailingRule[];
  rows?: readonly RowError[];
  /** What it was about, for the audit trail. */
  target?: string;
  headers?: Readonly<Record<string, string>>;
}

/** An answer that is a problem of the catalogue. `detail` says what is so in this case, without personal data. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly parts: ProblemParts;
  constructor(code: ProblemCode, detail: string, parts: ProblemParts = {}) {
    super(detail);
    this.code = code;
    this.parts = parts;
  }
}

/**
 * The one answer for what is not there and for what the caller may not know of: their bodies are the same.
 * @param pointer where the body names it; left out, the path does
 */
export const notFound = (pointer?: string): ProblemError =>
  new ProblemError(
    "NOT_FOUND",
    "There is nothing here with this id.",
    pointer === undefined ? {} : { pointer },
  );

/** A field that a rule beyond its schema refuses. */
export const invalidField = (pointer: string, detail: string): ProblemError =>
  new ProblemError("INVALID_FIELD", `${pointer} ${detail}.`, { pointer, errors: [{ pointer, detail }] });

/** RFC 9457, in the caller's language; `detail` is English. */
export function problemBody(error: ProblemError, requestId: string, language: Language): Problem {
  const { status, retryable, title, fix } = problemOf(error.code);
  const { errors, failing, rows, pointer } = error.parts;
  return {
    type: problemPath(error.code),
    title: title[language],
    status,
    detail: error.message,
    code: error.code,
    retryable,
    fix: fix[language],
    requestId,
    ...(pointer !== undefined && { pointer }),
    ...(errors && { errors: [...errors] }),
    ...(failing && { failing: [...failing] }),
    ...(rows && { rows: [...rows] }),
  };
}

/** Japanese when the caller would rather read it than English. */
export function languageOf(header: string | undefined): Language {
  const first = header?.split(",")[0]?.trim().toLowerCase() ?? "";
  return first.startsWith("ja") ? "ja" : "en";
}
