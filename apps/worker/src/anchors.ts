import { setTimeout as sleep } from "node:timers/promises";
import { queueAnchors } from "@genbo/database/anchor-queue";
import type { Pool } from "@genbo/database/connection";
import { isDatabaseUnavailable } from "@genbo/database/unavailable";
import type { Clock } from "@genbo/domain/clock";
import type { Background } from "./seal.ts";

/** A root is made once a day and issue: that its command waits a second more delays nobody. */
const lookEveryMs = 1_000;

/** Queues the publication of roots as the indexer makes them, those of missed days too. */
export function startAnchors({ pool, clock }: { pool: Pool; clock: Clock }): Background {
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const queued = await queueAnchors(pool, clock.now()).catch((error: unknown) => {
        if (isDatabaseUnavailable(error)) return 0;
        throw error;
      });
      if (queued === 0)
        await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = loop();
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      stopping.abort();
      await done.catch(() => undefined);
    },
  };
}
