import { advisoryLocks } from "./advisory-locks.ts";
import { createPool, sqlState, type Transaction } from "./connection.ts";

const transactionTries = 8;
/** A rebuild writes thousands of rows in one statement. */
const statementTimeoutMs = 120_000;

/**
 * The right to write the register. It is the session of one connection, and every write goes through that
 * connection: whoever lost the right has lost the means with it.
 */
export interface Leadership {
  /** Runs `act` in one transaction. A serialization failure or deadlock runs the whole of `act` again. */
  transaction<T>(act: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Aborted when the connection is gone. */
  lost: AbortSignal;
  resign(): Promise<void>;
}

/** Becomes the one writer of the register, or returns undefined while another process is. */
export async function tryLead(url: string): Promise<Leadership | undefined> {
  const pool = createPool(url, { max: 1, statementTimeoutMs });
  try {
    const client = await pool.connect();
    const lost = new AbortController();
    client.on("error", () => lost.abort());
    client.on("end", () => lost.abort());
    const result = await client.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [
      advisoryLocks.indexer,
    ]);
    const resign = async () => {
      client.release(true);
      await pool.end();
    };
    if (result.rows[0]?.mine !== true) {
      await resign();
      return undefined;
    }
    let last: Promise<unknown> = Promise.resolve();
    return {
      // One connection, so one transaction after the other, whoever asks.
      transaction: (act) => {
        const next = last.then(() => inTransaction(client, act, lost));
        last = next.catch(() => undefined);
        return next;
      },
      lost: lost.signal,
      resign,
    };
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw error;
  }
}

async function inTransaction<T>(
  client: Transaction,
  act: (tx: Transaction) => Promise<T>,
  lost: AbortController,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query("begin");
      const result = await act(client);
      await client.query("commit");
      return result;
    } catch (error) {
      // Where not even a rollback comes through, the connection is gone and the right to write with it.
      await client.query("rollback").catch(() => lost.abort());
      const state = sqlState(error);
      if (attempt === transactionTries || (state !== "40001" && state !== "40P01")) throw error;
    }
  }
}
