import { queueAnchors } from "@genbo/database/outbox/anchor-queue";
import type { Pool } from "@genbo/database/sql/connection";
import { isDatabaseUnavailable } from "@genbo/database/sql/unavailable";
import { type Background, startBackground } from "@genbo/domain/background";
import type { Clock } from "@genbo/domain/clock";

/** A root is made once a day and issue: that its command waits a second more delays nobody. */
const lookEveryMs = 1_000;

/** Queues the publication of roots as the indexer makes them, those of missed days too. */
export const startAnchors = ({ pool, clock }: { pool: Pool; clock: Clock }): Background =>
  startBackground(lookEveryMs, async () => {
    const queued = await queueAnchors(pool, clock.now()).catch((error: unknown) => {
      if (isDatabaseUnavailable(error)) return 0;
      throw error;
    });
    return queued > 0;
  });
