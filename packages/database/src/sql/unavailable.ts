import { sqlState } from "./connection.ts";
import { GateFull } from "./gate.ts";

/** What PostgreSQL says of itself, and what the operator does about it. Nothing was written in any of these cases. */
const causes: Readonly<Record<string, string>> = {
  "25006":
    "The database is read-only: DATABASE_URL leads to a standby, or default_transaction_read_only is on. Point it at the primary.",
  "57014":
    "The database took longer over a statement than it may: it is overloaded, or something holds a lock. See pg_stat_activity.",
  "53100": "The database's disk is full: make room on its volume.",
  "53200": "The database has no memory left: give it more, or lower work_mem.",
  "53300":
    "The database takes no more connections: raise max_connections or the connection limit of role and database, or end what holds them.",
};
const away = "The database does not answer.";

/**
 * PostgreSQL is starting, stopping, out of means, out of time, read-only, or has lost this connection (classes 08, 53 and
 * 57); or others were in the way too often (class 40).
 */
const states = /^(08...|25006|25P03|40001|40P01|53[123]00|57014|57P0[123])$/;
const systemCodes = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  ...["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"],
]);
/** The driver's own errors have no code. */
const wordings =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/;

/** What Prisma keeps of an error of the driver: PostgreSQL's code, or a kind of its own where there was none. */
interface PrismaCause {
  originalCode?: string;
  kind?: string;
}
const prismaCause = (error: Error): PrismaCause | undefined =>
  (error as { meta?: { driverAdapterError?: { cause?: PrismaCause } } }).meta?.driverAdapterError?.cause;
const prismaKinds = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout"]);

/** The database cannot be used now: the same may succeed later. What was committed is not known, so look again. */
export const isDatabaseUnavailable = (error: unknown): boolean => databaseTrouble(error) !== undefined;

/** Why the database cannot be used now and what to do, for the operator; undefined for any other error. */
export function databaseTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof GateFull) return "Too many long requests wait for the database.";
  const prisma = prismaCause(error);
  const state = sqlState(error) ?? prisma?.originalCode;
  if (state !== undefined) return states.test(state) ? (causes[state] ?? away) : undefined;
  if (error instanceof AggregateError) {
    const troubles = error.errors.map(databaseTrouble);
    return troubles.includes(undefined) ? undefined : away;
  }
  const isAway =
    systemCodes.has(String((error as NodeJS.ErrnoException).code)) ||
    prismaKinds.has(prisma?.kind ?? "") ||
    wordings.test(error.message);
  return isAway ? away : undefined;
}
