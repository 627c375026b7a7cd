import { sealAudit, sealBatchMax } from "@genbo/database/audit-seal";
import type { Pool } from "@genbo/database/connection";
import { isDatabaseUnavailable } from "@genbo/database/unavailable";
import { createWaker } from "@genbo/domain/waker";
import { sealEveryMs } from "./limits.ts";

/** What the worker does beside its lanes. */
export interface Background {
  /** Rejects when it cannot go on; resolves after `stop`. */
  done: Promise<void>;
  stop(): Promise<void>;
}

/** Seals audit rows as they come, a backlog without a pause. */
export function startSealer(pool: Pool): Background {
  const waker = createWaker();
  let stopping = false;
  const loop = async () => {
    while (!stopping) {
      const sealed = await sealAudit(pool).catch((error: unknown) => {
        if (isDatabaseUnavailable(error)) return 0;
        throw error;
      });
      if (sealed < sealBatchMax) await waker.wait(sealEveryMs);
    }
  };
  const done = loop();
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      stopping = true;
      waker.wake();
      await done.catch(() => undefined);
    },
  };
}
