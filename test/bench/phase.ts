import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable } from "@genbo/database/sql/connection";

/** A stretch of work that ended on chain, and the stored transactions that carried it. */
export interface Phase {
  name: string;
  rows: number;
  ms: number;
  /** Rows of `chain_tx`: after `afterTx`, up to and with `lastTx`. */
  afterTx: bigint;
  lastTx: bigint;
}

/** Each look costs the database something that is none of the platform's. */
const pollMs = 25;
const phaseMsMax = 120_000;

/**
 * Bulk requests of each party, one after the other. A request is stored as a whole before the chain has any of it, so
 * that of one alone the wait for that would be a sixth of the time.
 */
export const bulkRequests = 2;

/** The parties send at once, each its requests one after the other. @returns the operations that these made */
export async function sendInTurns(
  parties: readonly (readonly (() => Promise<string>)[])[],
): Promise<string[]> {
  const made = parties.map(async (requests) => {
    const operationIds: string[] = [];
    for (const send of requests) operationIds.push(await send());
    return operationIds;
  });
  return (await Promise.all(made)).flat();
}

/**
 * Measures work from its first request until the register has taken all of it in.
 * @param act sends it and gives the operations that it made
 */
export async function measurePhase(
  db: Queryable,
  name: string,
  rows: number,
  act: () => Promise<readonly string[]>,
): Promise<Phase> {
  const afterTx = await lastTransaction(db);
  const started = performance.now();
  const operationIds = await act();
  await untilEntered(db, operationIds);
  const ms = performance.now() - started;
  return { name, rows, ms, afterTx, lastTx: await lastTransaction(db) };
}

export const perSecond = ({ rows, ms }: Pick<Phase, "rows" | "ms">): number => (rows * 1000) / ms;

async function lastTransaction(db: Queryable): Promise<bigint> {
  const found = await db.query<{ last: bigint }>("select coalesce(max(id), 0) as last from chain_tx");
  return found.rows[0]!.last;
}

/**
 * Waits until no operation of the platform is open any more.
 * @throws Error when one of the given ones ended otherwise than entered as a whole, or in time
 */
export async function untilEntered(db: Queryable, operationIds: readonly string[]): Promise<void> {
  const until = performance.now() + phaseMsMax;
  for (;;) {
    const open = await count(
      db,
      "select count(*)::int as n from (select 1 from command where state in ('queued', 'taken') limit 1) open",
    );
    if (open === 0) break;
    if (performance.now() > until) throw new Error(`Commands are still open after ${phaseMsMax} ms.`);
    await sleep(pollMs);
  }
  const whole = "select count(*)::int as n from operation where id = any($1) and rows_entered = rows";
  const lost = operationIds.length - (await count(db, whole, [operationIds]));
  if (lost > 0)
    throw new Error(`${lost} of ${operationIds.length} operations were refused, in whole or in part.`);
}

async function count(db: Queryable, text: string, values: unknown[] = []): Promise<number> {
  const found = await db.query<{ n: number }>(text, values);
  return found.rows[0]!.n;
}
