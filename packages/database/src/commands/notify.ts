import { commandChannel } from "../outbox/outbox.ts";
import type { Queryable } from "../sql/connection.ts";

/** The first command is told of at once, what comes within this time after it together: the worker waits as long for a batch. */
const everyMs = 25;

/**
 * Tells the workers that commands wait, after they are committed. A NOTIFY inside the transaction would make every
 * commit of the server wait for the one before (PostgreSQL keeps notifications in commit order under one lock). It is
 * a hint only: a worker also looks by itself, so one that is lost with this process costs time and nothing else.
 */
export function commandNotifier(db: Queryable, onError: (error: unknown) => void): () => void {
  let waiting = false;
  let toldMs = -Infinity;
  const tell = () => {
    waiting = false;
    toldMs = performance.now();
    db.query({ name: "notify-commands", text: `select pg_notify('${commandChannel}', '')` }).catch(onError);
  };
  return () => {
    if (waiting) return;
    waiting = true;
    const inMs = toldMs + everyMs - performance.now();
    if (inMs <= 0) tell();
    else setTimeout(tell, inMs);
  };
}
