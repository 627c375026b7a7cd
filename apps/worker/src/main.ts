import { readEnv } from "@genbo/domain/env";
import { createLog } from "@genbo/domain/log";
import { runService } from "@genbo/domain/process";
import { startWorkerService } from "./service.ts";

const env = readEnv();
const log = createLog({ level: env.logLevel, fields: { process: "worker" } });

await runService(log, async () => {
  const service = await startWorkerService(env, log);
  service.done.catch((error: unknown) => {
    log.error("the worker cannot go on", { error });
    process.exit(1);
  });
  return service;
});
