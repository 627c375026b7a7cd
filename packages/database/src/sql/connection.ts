import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../generated/client.ts";

/** Connections of one process; three processes and the tools share the server's 200. */
export const poolSize = 20;
/** No statement of a request may run longer; the migration and the rebuild set their own. */
const statementTimeoutMs = 30_000;
/** The server's word that a statement took too long may be so late; then the connection has gone silent. */
const silentMsMax = 5_000;
/** An idle connection is tried after so long: where nobody answers, it is known to be dead some ten seconds later. */
export const keepAliveAfterMs = 5_000;
/** How long to wait for a free connection before the caller is told to come back. */
const connectionTimeoutMs = 5_000;
/** A transaction that its process forgot must not hold locks for ever. */
const idleInTransactionMs = 60_000;
/** Runs of one transaction that others stand in the way of. */
export const transactionTries = 8;

export interface PoolOptions {
  max?: number;
  /** 0: none. */
  statementTimeoutMs?: number;
  /** How long a transaction may hold its locks while its process says nothing. */
  idleInTransactionMs?: number;
  /** Where tables are looked for by their bare names, in this order; `public` when left out. */
  schemas?: readonly string[];
  /** Statements go out at once, whether or not those before them have been answered. */
  pipeline?: boolean;
}

const { builtins } = pg.types;
const int8ArrayOid = 1016;

/** int8 and whole numeric are bigint: units and yen are never floating point. A numeric with a fraction stays a string. */
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, BigInt],
  [builtins.NUMERIC, (text) => (/^-?\d+$/.test(text) ? BigInt(text) : text)],
  // A legal day has no time zone; pg would make it an instant of this machine's local midnight.
  [builtins.DATE, (text) => text],
  [int8ArrayOid, (text) => text.slice(1, -1).split(",").filter(Boolean).map(BigInt)],
]);

/**
 * A pool of connections of one database role. Rows come with int8 (also in arrays) and whole numeric as `bigint`,
 * date as "YYYY-MM-DD", timestamptz as `Date`, bytea as `Buffer`, jsonb parsed.
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const timeoutMs = options.statementTimeoutMs ?? statementTimeoutMs;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs === 0 ? 0 : timeoutMs + silentMsMax,
    idle_in_transaction_session_timeout: options.idleInTransactionMs ?? idleInTransactionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    types: { getTypeParser },
    pipeline: options.pipeline ?? false,
    ...(options.schemas === undefined ? {} : { options: `-c search_path=${options.schemas.join(",")}` }),
  });
  // An idle connection that breaks is replaced at the next use; without a listener the process would end.
  pool.on("error", () => undefined);
  // Nor may one end it that breaks as it is handed out, before whoever gets it listens.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

export type Pool = pg.Pool;
export type Transaction = pg.PoolClient;
/** Where a query may run: the pool, or the connection of a transaction in progress. */
export type Queryable = Pick<pg.Pool, "query">;
export type Isolation = "read committed" | "repeatable read" | "serializable";

/**
 * Runs `act` in one transaction: committed when it returns, rolled back when it throws. After a serialization
 * failure or a deadlock the whole of `act` runs again, so it must touch nothing outside the database.
 */
export async function withTransaction<T>(
  pool: Pool,
  act: (transaction: Transaction) => Promise<T>,
  isolation: Isolation = "read committed",
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, act, isolation);
    } catch (error) {
      if (attempt === transactionTries || !isRetryable(error)) throw error;
      await new Promise((done) => setTimeout(done, Math.random() * 5 * 2 ** attempt));
    }
  }
}

const runOnce = <T>(
  pool: Pool,
  act: (transaction: Transaction) => Promise<T>,
  isolation: Isolation,
): Promise<T> =>
  withConnection(pool, async (client) => {
    await client.query(`begin isolation level ${isolation}`);
    const result = await act(client);
    await client.query("commit");
    return result;
  });

/**
 * Lends `act` a connection. When it throws, its transaction is rolled back before the caller hears of it: PostgreSQL
 * tells of a statement's error first and gives up its locks then.
 */
export async function withConnection<T>(pool: Pool, act: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks between two statements has no query to reject; the next statement reports it.
  const onError = () => undefined;
  client.on("error", onError);
  try {
    return await act(client);
  } catch (error) {
    // Behind a statement without an answer a rollback would have none either.
    if (isReadTimeout(error)) broken = error;
    else
      await client.query("rollback").catch((cause: Error) => {
        broken = cause;
      });
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** The driver waited for an answer in vain. The statement may still be under way, so its connection serves nobody else. */
const isReadTimeout = (error: unknown): error is Error =>
  error instanceof Error && error.message === "Query read timeout";

/** The SQLSTATE of a database error; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** Serialization failure or deadlock: the same transaction may succeed when it is run again. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

/** Prisma's client on a pool's connections. Its own models read int8 as bigint and numeric as Decimal. */
export function createPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}

function getTypeParser(oid: number, format?: "text" | "binary"): (value: never) => unknown {
  const parser = format === "binary" ? undefined : parsers.get(oid);
  return parser ?? pg.types.getTypeParser(oid, format ?? "text");
}
