import { sqlState } from "./connection.ts";

/** PostgreSQL is starting, stopping, out of connections, or has lost this one (classes 08, 53300 and 57P). */
const states = /^(08...|53300|57P0[123])$/;
const systemCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
/** The driver's own errors have no code. */
const wordings =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/;

/** The database cannot be reached now: the same may succeed later. What was committed is not known, so look again. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== undefined) return states.test(state);
  if (error instanceof AggregateError) return error.errors.every(isDatabaseUnavailable);
  return systemCodes.has(String((error as NodeJS.ErrnoException).code)) || wordings.test(error.message);
}
