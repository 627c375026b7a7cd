import { readEnv } from "@genbo/domain/env";
import { createLog } from "@genbo/domain/log";
import { runService } from "@genbo/domain/process";
import { startIndexerService } from "./service.ts";

const env = readEnv();
const log = createLog({ level: env.logLevel, fields: { process: "indexer" } });

await runService(log, async () => {
  const service = await startIndexerService(env, log);
  service.done.catch((error: unknown) => {
    log.error("the indexer cannot go on", { error });
    process.exit(1);
  });
  return service;
});
