import { setTimeout as sleep } from "node:timers/promises";
import { advisoryLocks } from "./advisory-locks.ts";
import { createPool, isRetryable, type Transaction, transactionTries } from "./connection.ts";
import { together } from "./together.ts";

/** A rebuild writes thousands of rows in one statement. */
const statementTimeoutMs = 120_000;

/** The leader says something on its session at least this often. */
const beatEveryMs = 500;
/** A session that answers nothing for so long has gone silent, though its connection stands. */
const beatAnswerMsMax = 5_000;
/** A leader that has said nothing for so long is gone or paused: another takes over well within 5 s. */
const silentMsMax = 2_500;
/** The lock of a session that was ended is free some milliseconds later. */
const afterEndTries = 25;
const afterEndPauseMs = 20;

/**
 * The right to write the register. It is the session of one connection, and every write goes through that
 * connection: whoever lost the right has lost the means with it. A leader that is silent loses its session to the
 * next one, so that a paused process which wakes up finds no connection to write through.
 */
export interface Leadership {
  /** Runs `act` in one transaction. A serialization failure or deadlock runs the whole of `act` again. */
  transaction<T>(act: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Aborted when the connection is gone, or a word on it has no answer while no statement is under way. */
  lost: AbortSignal;
  resign(): Promise<void>;
}

export interface LeadOptions {
  /** What there is one leader of: of the register when left out. */
  lock?: bigint;
  schemas?: readonly string[];
}

/** Becomes the one writer of the register, or returns undefined while another process is. */
export async function tryLead(url: string, options: LeadOptions = {}): Promise<Leadership | undefined> {
  const { lock = advisoryLocks.indexer, schemas } = options;
  const pool = createPool(url, {
    max: 1,
    pipeline: true,
    statementTimeoutMs,
    ...(schemas === undefined ? {} : { schemas }),
  });
  let held: Transaction | undefined;
  const resign = async () => {
    // A pool ends when it has back what it lent.
    held?.release(true);
    await pool.end();
  };
  try {
    const client = await pool.connect();
    held = client;
    const lost = new AbortController();
    client.on("error", () => lost.abort());
    client.on("end", () => lost.abort());
    if (!(await takeLock(client, lock))) {
      await resign();
      return undefined;
    }
    let last: Promise<unknown> = Promise.resolve();
    // One connection, so one thing after the other, whoever asks.
    const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
      const next = last.then(act);
      last = next.catch(() => undefined);
      return next;
    };
    // Without an answer in time the driver ends a connection that does not wait.
    const word = { text: "select 1", query_timeout: beatAnswerMsMax };
    const beat = setInterval(() => inTurn(() => client.query(word)).catch(() => undefined), beatEveryMs);
    lost.signal.addEventListener("abort", () => clearInterval(beat));
    return {
      transaction: (act) => inTurn(() => inTransaction(client, act, lost)),
      lost: lost.signal,
      resign: async () => {
        clearInterval(beat);
        await resign();
      },
    };
  } catch (error) {
    await resign().catch(() => undefined);
    throw error;
  }
}

async function takeLock(client: Transaction, lock: bigint): Promise<boolean> {
  const take = async () => {
    const text = "select pg_try_advisory_lock($1) as mine";
    return (await client.query<{ mine: boolean }>(text, [lock])).rows[0]!.mine;
  };
  if (await take()) return true;
  if (!(await endSilentLeader(client, lock))) return false;
  for (let tries = 0; tries < afterEndTries; tries += 1) {
    await sleep(afterEndPauseMs);
    if (await take()) return true;
  }
  return false;
}

/**
 * Ends the session of a leader from whom the server waits for a word. One statement, so that the session that is ended
 * is the one that was looked at; while the server itself works for the leader, however long, it is not silent.
 */
async function endSilentLeader(client: Transaction, lock: bigint): Promise<boolean> {
  const ended = await client.query(
    `select pg_terminate_backend(a.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and a.datname = current_database()
       and l.database = a.datid and (l.classid::bigint << 32) | l.objid::bigint = $1
       and a.wait_event_type = 'Client' and a.state_change < clock_timestamp() - $2 * interval '1 millisecond'`,
    [lock, silentMsMax],
  );
  return (ended.rowCount ?? 0) > 0;
}

async function inTransaction<T>(
  client: Transaction,
  act: (tx: Transaction) => Promise<T>,
  lost: AbortController,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [, result] = await together(client.query("begin"), act(client));
      await client.query("commit");
      return result;
    } catch (error) {
      // Where not even a rollback comes through, the connection is gone and the right to write with it.
      await client.query("rollback").catch(() => lost.abort());
      if (attempt === transactionTries || !isRetryable(error)) throw error;
    }
  }
}
