import { z } from "zod";
import { named } from "./named.ts";
import { type ProblemCode, problemCodes } from "./problems.ts";
import { failingRule } from "./transfers.ts";

export const fieldError = named(
  "FieldError",
  z.object({
    pointer: z.string().describe("JSON pointer (RFC 6901) into the body, or `query/…`, `path/…`, `header/…`"),
    detail: z.string(),
  }),
);
export const rowError = named(
  "RowError",
  z.object({
    row: z.int().min(0).describe("Row of the request, from 0; a CSV heading is not counted"),
    pointer: z.string(),
    code: z.string(),
    detail: z.string(),
    failing: z.array(failingRule).optional(),
  }),
);

/** RFC 9457. */
export const problem = named(
  "Problem",
  z.object({
    type: z.string().describe("Path of the code's page of documentation"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(problemCodes as [ProblemCode, ...ProblemCode[]]),
    retryable: z.boolean(),
    fix: z.string(),
    requestId: z.string(),
    pointer: z.string().optional().describe("The first field that is wrong"),
    errors: z.array(fieldError).optional(),
    failing: z.array(failingRule).optional(),
    rows: z.array(rowError).optional(),
  }),
);
export type Problem = z.input<typeof problem>;
export type FieldError = z.input<typeof fieldError>;
export type RowError = z.input<typeof rowError>;
export type FailingRule = z.input<typeof failingRule>;
