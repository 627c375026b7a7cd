import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { createBlockReader } from "@genbo/chain/blocks";
import { openNodes } from "@genbo/chain/nodes/nodes";
import { knownChain } from "@genbo/database/outbox/deployment";
import { newFirst } from "@genbo/database/reconcile/rebuild-tables";
import { openClock } from "@genbo/database/server/sandbox-clock";
import { createPool } from "@genbo/database/sql/connection";
import { type Env, readEnv } from "@genbo/domain/env";
import { openFailpoints } from "@genbo/domain/failpoints";
import { silentLog } from "@genbo/domain/log";
import { codeVersion } from "./rebuild-code.ts";
import { leadRebuild } from "./rebuild-lead.ts";
import type { ReindexContext } from "./reindex.ts";
import { runReindex } from "./reindex-run.ts";

/** As the schema's owner, as a migration is. @throws Error while another rebuild is under way */
async function openReindex(env: Env, signal: AbortSignal) {
  const leadership = await leadRebuild(env.databaseUrl);
  const pool = createPool(env.databaseUrl, { max: 4, schemas: newFirst });
  // What is compared is folded anew where an issue is held back, by statements that do not wait for each other.
  const reads = createPool(env.databaseUrl, {
    max: 2,
    schemas: newFirst,
    statementTimeoutMs: 0,
    pipeline: true,
  });
  const nodes = openNodes(env.chainRpcUrls, { known: () => knownChain(pool) });
  const { rpc, confirm } = nodes;
  const clock = await openClock(env.profile, pool, env.databaseUrl);
  const context = {
    pool,
    reads,
    leadership,
    rpc,
    confirm,
    local: env.profile === "local",
    clock,
    reader: createBlockReader(rpc),
    log: silentLog,
    reach: openFailpoints(env.failpointDir),
    chain: await nodes.identity(),
    code: codeVersion(),
    signal: AbortSignal.any([signal, lostOf(leadership.lost)]),
  } satisfies Omit<ReindexContext, "onStep" | "onProgress">;
  return {
    context,
    close: async () => {
      await nodes.close();
      await clock.close();
      await leadership.resign();
      await Promise.all([pool.end(), reads.end()]);
    },
  };
}

const again = "The live register is as it was; run it again to go on.";

/** Says what is over when a wait for something else ends by it. */
function lostOf(lost: AbortSignal): AbortSignal {
  const over = new AbortController();
  const error = new Error(`The database has ended the session of this rebuild. ${again}`);
  lost.addEventListener("abort", () => over.abort(error));
  return over.signal;
}

const { values } = parseArgs({
  options: {
    switch: { type: "boolean", default: false },
    anew: { type: "boolean", default: false },
    "open-breaks": { type: "boolean", default: false },
    "drop-old": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
try {
  const { context, close } = await openReindex(readEnv(), stopping.signal);
  try {
    process.exitCode = await runReindex(context, `console:${userInfo().username}`, {
      switch: values.switch,
      anew: values.anew,
      openBreaks: values["open-breaks"],
      dropOld: values["drop-old"],
      json: values.json,
    });
  } finally {
    await close();
  }
} catch (error) {
  if (stopping.signal.aborted) console.error(`Stopped. ${again}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
