import { setTimeout as sleep } from "node:timers/promises";
import { newFirst } from "@genbo/database/reconcile/rebuild-tables";
import { advisoryLocks } from "@genbo/database/sql/advisory-locks";
import { type Leadership, tryLead } from "@genbo/database/sql/leader";
import { leadEveryMs } from "./limits.ts";

/** The session of a rebuild that was killed is over after some seconds. */
const triesMax = 20;

/** The right to rebuild, as the schema's owner: bare table names are the new register's. @throws Error while another does */
export async function leadRebuild(url: string): Promise<Leadership> {
  for (let tried = 0; tried < triesMax; tried += 1) {
    const leadership = await tryLead(url, { lock: advisoryLocks.reindex, schemas: newFirst });
    if (leadership !== undefined) return leadership;
    await sleep(leadEveryMs);
  }
  throw new Error("Another reindex is under way on this database.");
}
