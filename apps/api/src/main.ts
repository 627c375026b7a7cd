import { readEnv } from "@genbo/domain/env";
import { createLog } from "@genbo/domain/log";
import { runService } from "@genbo/domain/process";
import { startApiService } from "./service.ts";

const env = readEnv();
const log = createLog({ level: env.logLevel, fields: { process: "api" } });

await runService(log, () => startApiService(env, log));
