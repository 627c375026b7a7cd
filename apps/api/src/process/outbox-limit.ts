import { setTimeout as sleep } from "node:timers/promises";
import { queuedUpTo } from "@genbo/database/outbox/outbox";
import type { Pool } from "@genbo/database/sql/connection";
import type { Log } from "@genbo/domain/log";
import { ProblemError } from "../http/problem.ts";

/** How much waits to be sent, and whether more may be added. */
export interface OutboxLimit {
  /** @throws ProblemError OUTBOX_FULL where so many more rows do not fit */
  admit(rows: number): void;
  /** Rows that wait, as last counted, and those added since. */
  waiting(): number;
  close(): Promise<void>;
}

/** How often the rows are counted: a count of half a million takes some 30 ms. Between two, what is added is added up. */
const countEveryMs = 2_000;
/** When to come back: the worker needs a few seconds to make room, or blocks must come again first. */
const retryAfterS = "10";

/** Watches the outbox of all api processes; each adds what it has accepted itself since the last count. */
export function watchOutbox(pool: Pool, log: Log, rowsMax: number): OutboxLimit {
  const closing = new AbortController();
  let counted = 0;
  let added = 0;
  const count = async () => {
    const before = added;
    counted = await queuedUpTo(pool, rowsMax);
    added -= before;
  };
  const loop = async () => {
    while (!closing.signal.aborted) {
      await count().catch((error: unknown) => log.debug("the outbox was not counted", { error }));
      await sleep(countEveryMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  const waiting = () => counted + added;
  return {
    waiting,
    admit: (rows) => {
      if (waiting() + rows > rowsMax) {
        throw new ProblemError(
          "OUTBOX_FULL",
          `${waiting()} rows wait for the chain, and no more than ${rowsMax} may.`,
          { headers: { "retry-after": retryAfterS } },
        );
      }
      added += rows;
    },
    close: async () => {
      closing.abort();
      await looping;
    },
  };
}
