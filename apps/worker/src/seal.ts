import { sealAudit, sealBatchMax } from "@genbo/database/commands/audit-seal";
import type { Pool } from "@genbo/database/sql/connection";
import { isDatabaseUnavailable } from "@genbo/database/sql/unavailable";
import { type Background, startBackground } from "@genbo/domain/background";
import { sealEveryMs } from "./limits.ts";

/** Seals audit rows as they come, a backlog without a pause. */
export const startSealer = (pool: Pool): Background =>
  startBackground(sealEveryMs, async () => {
    const sealed = await sealAudit(pool).catch((error: unknown) => {
      if (isDatabaseUnavailable(error)) return 0;
      throw error;
    });
    return sealed >= sealBatchMax;
  });
