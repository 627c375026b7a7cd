import type { Log } from "@genbo/domain/log";
import type { Queryable } from "../sql/connection.ts";

/** A clock further off than this is set wrong. */
export const skewMsMax = 5_000;
/** How often a process compares its clock. */
const compareEveryMs = 60_000;

/** By how many milliseconds the database's clock is ahead of this process's. */
export async function clockSkewMs(db: Queryable): Promise<number> {
  const beganMs = Date.now();
  const { rows } = await db.query<{ now: Date }>("select clock_timestamp() as now");
  return Math.round(rows[0]!.now.getTime() - (beganMs + Date.now()) / 2);
}

/**
 * Warns while this process's clock and the database's differ. Nothing legal hangs on it: leases run by the database's
 * clock and legal time is the blocks'. @returns how to end it
 */
export function watchClock(db: Queryable, log: Log): () => void {
  const compare = async () => {
    const aheadMs = await clockSkewMs(db);
    if (Math.abs(aheadMs) <= skewMsMax) return;
    const what = "this machine's clock and the database's differ: set both by NTP";
    log.warn(what, { databaseAheadMs: aheadMs });
  };
  const again = () => void compare().catch(() => undefined);
  again();
  const timer = setInterval(again, compareEveryMs);
  return () => clearInterval(timer);
}
