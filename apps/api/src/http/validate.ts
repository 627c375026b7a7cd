import { rowErrorsMax } from "@genbo/api-schema/limits";
import type { FieldError, RowError } from "@genbo/api-schema/problem";
import type { z } from "zod";
import { ProblemError } from "./problem.ts";

/** Field errors named in one answer; more would not help anybody. */
const errorsMax = 100;
/** A key of an unknown field may be as long as the body. */
export const keyCharsMax = 64;

/** Where a value stands: in the body (a JSON pointer), or in the query. */
type Place = "" | "query";

/**
 * Checks a value against its schema. @throws ProblemError INVALID_FIELD naming every wrong field, or ROWS_INVALID when
 * all of them stand in rows of a bulk request
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => errorsOf(issue, place));
  const rows = errors.map(rowOf);
  if (rows.every((row) => row !== undefined)) throw rowsInvalid(rows);
  const [first] = errors as [FieldError];
  throw new ProblemError("INVALID_FIELD", `${first.pointer || "The body"} ${first.detail}.`, {
    pointer: first.pointer,
    errors: errors.slice(0, errorsMax),
  });
}

export function rowsInvalid(rows: readonly RowError[]): ProblemError {
  const [first] = rows as [RowError];
  const detail = `${new Set(rows.map(({ row }) => row)).size} rows are wrong; row ${first.row}: ${first.detail}.`;
  return new ProblemError("ROWS_INVALID", detail, {
    pointer: first.pointer,
    rows: rows.slice(0, rowErrorsMax),
  });
}

/** The errors of one issue, at their pointers: one for each unknown field. */
export function errorsOf(issue: z.core.$ZodIssue, place: Place): FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key.slice(0, keyCharsMax)], place),
      detail: "is no field of this request",
    }));
  }
  return [{ pointer: pointerOf(issue.path, place), detail: detailOf(issue) }];
}

export const pointerOf = (path: readonly PropertyKey[], place: Place): string =>
  place +
  path.map((part) => `/${String(part).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function detailOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined") ? "is missing" : `is no ${issue.expected}`;
    case "too_small":
      return `is shorter or less than ${issue.minimum}`;
    case "too_big":
      return `is longer or more than ${issue.maximum}`;
    case "invalid_value":
      return `is none of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return "is none of the forms that are allowed here";
    default:
      return issue.message.replace(/^Invalid /, "is no valid ");
  }
}

function rowOf({ pointer, detail }: FieldError): RowError | undefined {
  const row = /^\/rows\/(\d+)(\/|$)/.exec(pointer)?.[1];
  return row === undefined ? undefined : { row: Number(row), pointer, code: "INVALID_FIELD", detail };
}
