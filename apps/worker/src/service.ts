import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { openKeystore } from "@genbo/chain/keystore";
import { openNodes } from "@genbo/chain/nodes/nodes";
import { knownChain } from "@genbo/database/outbox/deployment";
import { commandChannel, rolledBackNotice } from "@genbo/database/outbox/outbox";
import { enteredChannel } from "@genbo/database/register/cursor";
import { watchClock } from "@genbo/database/server/clock-skew";
import { openClock } from "@genbo/database/server/sandbox-clock";
import { createPool } from "@genbo/database/sql/connection";
import { listen } from "@genbo/database/sql/listen";
import type { Env } from "@genbo/domain/env";
import { openFailpoints } from "@genbo/domain/failpoints";
import type { Log } from "@genbo/domain/log";
import type { RunningService } from "@genbo/domain/process";
import { addNodeMetrics, addPoolMetrics } from "@genbo/telemetry/chain-metrics";
import { createRegistry, serveMetrics } from "@genbo/telemetry/metrics";
import { openTraces } from "@genbo/telemetry/traces";
import { startAnchors } from "./anchors.ts";
import type { Checkpoint } from "./context.ts";
import { idleInTransactionMs } from "./limits.ts";
import { createManifestKeeper } from "./manifest.ts";
import { createWorkerMetrics } from "./metrics.ts";
import { createMiner, noMiner } from "./miner.ts";
import { startSealer } from "./seal.ts";
import { startWorker } from "./worker.ts";

export interface WorkerServiceOptions {
  /** Called at each checkpoint of a transaction; tests cut the worker off there. */
  checkpoint?: (name: Checkpoint) => Promise<void>;
}

export interface WorkerService extends RunningService {
  /** Rejects when the worker cannot go on. */
  done: Promise<unknown>;
}

/** Starts the worker of one process. @throws Error when the node serves another chain than the database's */
export async function startWorkerService(
  env: Env,
  log: Log,
  options: WorkerServiceOptions = {},
): Promise<WorkerService> {
  const pool = createPool(env.databaseUrl, { idleInTransactionMs });
  const nodes = openNodes(env.chainRpcUrls, {
    known: () => knownChain(pool),
    onChange: (health) => log.warn("a node changed", { ...health }),
  });
  const { rpc } = nodes;
  const local = env.profile === "local";
  const reach = openFailpoints(env.failpointDir);
  const miner = local ? createMiner(rpc, log) : noMiner;
  const clock = await openClock(env.profile, pool, env.databaseUrl);
  const identity = await nodes.identity();
  const registry = createRegistry();
  addNodeMetrics(registry, nodes);
  addPoolMetrics(registry, pool);
  const traces = await openTraces("worker", env.tracesUrl);
  const manifest = createManifestKeeper({ rpc, log }, env.dataDir);
  const context = {
    metrics: createWorkerMetrics(registry, pool),
    traces,
    pool,
    rpc,
    everybody: nodes.everybody,
    answers: nodes.answers,
    quorum: nodes.quorum,
    clock,
    log,
    keystore: openKeystore(env.keystoreDir, env.keystorePasswordFile),
    chainId: identity.chainId,
    local,
    holder: `${hostname()}:${process.pid}:${randomUUID()}`,
    onSent: miner.request,
    checkpoint: options.checkpoint ?? (async (name) => reach(`worker.${name}`)),
    onDeployed: manifest.keep,
  };
  // The sandbox clock of the local profile is meant to differ.
  const endClockWatch = local ? () => undefined : watchClock(pool, log);
  const metricsServer = await serveMetrics(registry, env);
  const worker = await startWorker(context, identity.genesisHash);
  const sealer = startSealer(pool);
  const anchors = startAnchors(context);
  const listening = await listen(env.databaseUrl, [commandChannel, enteredChannel], (_channel, payload) => {
    // Without a payload we have just (re)connected, and do not know what we missed.
    if (payload === undefined || payload === rolledBackNotice) worker.resendAll();
    else worker.wake();
  });
  const done = Promise.race([worker.done, sealer.done, anchors.done]);
  // Whoever runs the service looks at `done`.
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      await listening.close();
      await anchors.stop();
      await worker.stop();
      await sealer.stop();
      miner.stop();
      manifest.stop();
      endClockWatch();
      await nodes.close();
      await metricsServer?.close();
      await traces.close();
      await clock.close();
      await pool.end();
    },
  };
}
