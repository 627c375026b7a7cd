import { isLegalCall } from "./legal-calls.ts";

/** Classes of commands in a lane. A lane sends the more urgent ones first; see `docs/adr/0030`. */
export const urgency = {
  /** A court's or an authority's order, a pledge, a recovery: it counts from when it is entered. */
  legal: 1,
  /** What one person waits for. */
  few: 5,
  /** Rows of a file or of a whole issue. */
  many: 7,
} as const;

/** An operation of more rows than this is work in bulk: no batch of the dearest call carries as many. */
const fewRowsMax = 100;

/** The class of a command of an operation of so many rows. */
export function urgencyOf(call: string, rows: number): number {
  if (isLegalCall(call)) return urgency.legal;
  return rows > fewRowsMax ? urgency.many : urgency.few;
}
