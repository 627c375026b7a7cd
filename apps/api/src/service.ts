import { outboxLegalRows, outboxRowsMax, rateLimits } from "@genbo/api-schema/limits";
import { chainFolder, dumpState } from "@genbo/chain/anvil-state";
import { openKeystore } from "@genbo/chain/keystore";
import { type Nodes, openNodes } from "@genbo/chain/nodes/nodes";
import { commandRunner } from "@genbo/database/commands/commands";
import { commandNotifier } from "@genbo/database/commands/notify";
import { orderFactsGathered } from "@genbo/database/issues/transfers-facts";
import { knownChain } from "@genbo/database/outbox/deployment";
import { enteredChannel, switchedChannel } from "@genbo/database/register/cursor";
import { openSandboxClock } from "@genbo/database/server/sandbox-clock";
import { createPool, createPrisma } from "@genbo/database/sql/connection";
import { listen } from "@genbo/database/sql/listen";
import { openVaultKeys } from "@genbo/database/vault/keys";
import { systemClock } from "@genbo/domain/clock";
import type { Env } from "@genbo/domain/env";
import { openFailpoints } from "@genbo/domain/failpoints";
import type { Log } from "@genbo/domain/log";
import type { RunningService } from "@genbo/domain/process";
import { addNodeMetrics, addPoolMetrics } from "@genbo/telemetry/chain-metrics";
import { createRegistry, serveMetrics } from "@genbo/telemetry/metrics";
import { openTraces } from "@genbo/telemetry/traces";
import { buildApp } from "./app.ts";
import type { ApiContext } from "./context.ts";
import { openSigningKeys } from "./legal/signing-keys.ts";
import { startSettler } from "./orders/settle-due.ts";
import { chainPortOf } from "./process/chain-port.ts";
import { createApiMetrics } from "./process/metrics.ts";
import { watchOutbox } from "./process/outbox-limit.ts";
import { version } from "./process/version.ts";
import { startOpener } from "./register/open-particulars.ts";
import { createTrees } from "./register/trees.ts";

/** Starts the api of one process and listens. */
export async function startApiService(env: Env, log: Log): Promise<RunningService> {
  const pool = createPool(env.databaseUrl);
  const nodes = openNodes(env.chainRpcUrls, {
    known: () => knownChain(pool),
    onChange: (health) => log.warn("a node changed", { ...health }),
  });
  const sandbox = env.profile === "local" ? await openSandboxClock(pool, env.databaseUrl) : null;
  const outbox = watchOutbox(pool, log, { rowsMax: outboxRowsMax, legalRows: outboxLegalRows });
  const registry = createRegistry();
  addNodeMetrics(registry, nodes);
  addPoolMetrics(registry, pool);
  const ctx: ApiContext = {
    profile: env.profile,
    version,
    clock: sandbox ?? systemClock,
    log,
    pool,
    prisma: createPrisma(pool),
    runCommand: commandRunner(pool),
    factsOf: orderFactsGathered(pool),
    keystore: openKeystore(env.keystoreDir, env.keystorePasswordFile),
    vaultKeys: await openVaultKeys(env.masterKeyFile),
    signingKeys: openSigningKeys(env.keystoreDir, env.keystorePasswordFile),
    chain: chainPortOf(nodes, () => keepChain(env, nodes, log)),
    sandbox,
    trustedProxies: env.trustedProxies,
    rateLimits,
    outbox,
    reach: openFailpoints(env.failpointDir),
    metrics: createApiMetrics(registry, outbox.waiting),
    traces: await openTraces("api", env.tracesUrl),
    treeOf: createTrees(pool),
    notifyCommands: commandNotifier(pool, (error) => log.warn("the worker was not told", { error })),
  };
  const app = await buildApp(ctx);
  const settler = startSettler(ctx);
  const opener = startOpener(ctx);
  const entered = await listen(env.databaseUrl, [enteredChannel, switchedChannel], (channel) => {
    // After a (re)connection we do not know what we missed.
    if (channel !== enteredChannel) ctx.treeOf.forget();
    settler.wake();
  });
  const metricsServer = await serveMetrics(registry, env);
  const url = await app.listen({ host: env.httpHost, port: env.httpPort });
  return {
    url,
    stop: async () => {
      await metricsServer?.close();
      await app.close();
      await ctx.traces.close();
      await outbox.close();
      await entered.close();
      await settler.stop();
      await opener.stop();
      await nodes.close();
      await sandbox?.close();
      await pool.end();
    },
  };
}

/** Without a fresh dump the time moves all the same: only a chain killed right then would lose by it. */
async function keepChain(env: Env, { rpc }: Nodes, log: Log): Promise<void> {
  await dumpState(rpc, chainFolder(env.dataDir)).catch((error: unknown) => {
    log.warn("the chain was not stored before its time moved", { error });
  });
}
