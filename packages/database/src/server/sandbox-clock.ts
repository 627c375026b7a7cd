import { type Clock, offsetClock, systemClock } from "@genbo/domain/clock";
import pg from "pg";
import type { Pool, Queryable } from "../sql/connection.ts";

const channel = "sandbox_clock";
const notSet = "The sandbox clock has not been set: run initSandboxClock on the new database first.";
/** A process that lost its connection hears no notification: it reads the offset again as often as this. */
const reconnectMs = 500;

/** The sandbox clock of the local profile, the same in every process: real time + the offset in the database. */
export interface SandboxClock extends Clock {
  offsetMs(): number;
  /** Moves the platform's time forward to `to`, for every process. @throws RangeError when `to` is not ahead of now. */
  advance(to: Date): Promise<void>;
  /** Stops following the database. */
  close(): Promise<void>;
}

/** Sets the clock of a new database, once: the platform's time becomes `at` now. No effect when it is set already. */
export async function initSandboxClock(db: Queryable, at: Date, base: Clock = systemClock): Promise<void> {
  const offset = at.getTime() - base.now().getTime();
  await db.query("insert into sandbox_clock (id, offset_ms) values (1, $1) on conflict do nothing", [offset]);
}

/** Opens the sandbox clock and follows it: another process's `advance` is seen within milliseconds. */
export async function openSandboxClock(
  pool: Pool,
  url: string,
  base: Clock = systemClock,
): Promise<SandboxClock> {
  let offset = Number.NEGATIVE_INFINITY;
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const load = async (db: Queryable) => {
    const result = await db.query<{ offset_ms: bigint }>("select offset_ms from sandbox_clock where id = 1");
    if (result.rows[0] === undefined) throw new Error(notSet);
    // Forward only: a late answer must not take back what a notification has already brought.
    offset = Math.max(offset, Number(result.rows[0].offset_ms));
  };
  const listen = async () => {
    client = new pg.Client({ connectionString: url, keepAlive: true });
    client.on("error", () => undefined);
    // Comes after a failed connect as well, so that a database that is away for long is tried again and again.
    client.on("end", retry);
    client.on("notification", (notice) => {
      const heard = Number(notice.payload);
      if (Number.isSafeInteger(heard) && heard > offset) offset = heard;
    });
    await client.connect();
    await client.query(`listen ${channel}`);
    // Only after LISTEN, so that no change falls between the two.
    await load(pool);
  };
  const retry = () => {
    if (closed) return;
    timer = setTimeout(() => listen().catch(() => undefined), reconnectMs);
  };
  await listen();
  const clock = offsetClock(() => offset, base);
  return {
    ...clock,
    offsetMs: () => offset,
    advance: async (to) => {
      const ahead = to.getTime() - clock.now().getTime();
      if (ahead <= 0)
        throw new RangeError(`The clock only goes forward: it is ${clock.now().toISOString()} already.`);
      const sql = `with moved as (
          update sandbox_clock set offset_ms = greatest(offset_ms, $1) where id = 1 returning offset_ms)
        select offset_ms, pg_notify('${channel}', offset_ms::text) from moved`;
      const moved = await pool.query<{ offset_ms: bigint }>(sql, [offset + ahead]);
      if (moved.rows[0] === undefined) throw new Error(notSet);
      offset = Number(moved.rows[0].offset_ms);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
