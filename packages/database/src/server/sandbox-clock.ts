import { type Clock, offsetClock, systemClock } from "@genbo/domain/clock";
import type { Profile } from "@genbo/domain/env";
import type { Pool, Queryable } from "../sql/connection.ts";
import { listen } from "../sql/listen.ts";

const channel = "sandbox_clock";
const notSet = "The sandbox clock has not been set: run initSandboxClock on the new database first.";

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

/** The platform's clock: of the local profile the sandbox's, else this machine's. */
export const openClock = async (
  profile: Profile,
  pool: Pool,
  url: string,
): Promise<Clock & { close(): Promise<void> }> =>
  profile === "local" ? openSandboxClock(pool, url) : { ...systemClock, close: async () => undefined };

/** Opens the sandbox clock and follows it: another process's `advance` is seen within milliseconds. */
export async function openSandboxClock(
  pool: Pool,
  url: string,
  base: Clock = systemClock,
): Promise<SandboxClock> {
  let offset = Number.NEGATIVE_INFINITY;
  const load = async () => {
    const result = await pool.query<{ offset_ms: bigint }>(
      "select offset_ms from sandbox_clock where id = 1",
    );
    if (result.rows[0] === undefined) throw new Error(notSet);
    // Forward only: a late answer must not take back what a notification has already brought.
    offset = Math.max(offset, Number(result.rows[0].offset_ms));
  };
  const hear = (told: number) => {
    if (Number.isSafeInteger(told) && told > offset) offset = told;
  };
  let loading: Promise<void> | undefined;
  const listening = await listen(url, [channel], (heard, payload) => {
    if (heard !== undefined) return hear(Number(payload));
    loading = load();
    loading.catch(() => undefined);
  });
  try {
    await loading;
  } catch (error) {
    await listening.close();
    throw error;
  }
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
    close: listening.close,
  };
}
