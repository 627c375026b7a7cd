import type { Queryable } from "./connection.ts";
import { commandChannel } from "./outbox.ts";

/** Commands that come within this time share one notification. */
const gatherMs = 5;

/**
 * Tells the workers that commands wait, after they are committed. A NOTIFY inside the transaction would make every
 * commit of the server wait for the one before (PostgreSQL keeps notifications in commit order under one lock). It is
 * a hint only: a worker also looks by itself, so one that is lost with this process costs time and nothing else.
 */
export function commandNotifier(db: Queryable, onError: (error: unknown) => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      db.query(`select pg_notify('${commandChannel}', '')`).catch(onError);
    }, gatherMs);
  };
}
