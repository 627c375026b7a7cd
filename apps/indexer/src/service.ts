import { createBlockReader } from "@genbo/chain/blocks";
import { hearHeads } from "@genbo/chain/new-heads";
import { openNodes } from "@genbo/chain/nodes/nodes";
import { knownChain } from "@genbo/database/outbox/deployment";
import { watchClock } from "@genbo/database/server/clock-skew";
import { openClock } from "@genbo/database/server/sandbox-clock";
import { createPool } from "@genbo/database/sql/connection";
import type { Env } from "@genbo/domain/env";
import { openFailpoints } from "@genbo/domain/failpoints";
import type { Log } from "@genbo/domain/log";
import type { RunningService } from "@genbo/domain/process";
import { addNodeMetrics, addPoolMetrics } from "@genbo/telemetry/chain-metrics";
import { createRegistry, serveMetrics } from "@genbo/telemetry/metrics";
import { openTraces } from "@genbo/telemetry/traces";
import { startIndexer } from "./indexer.ts";
import { createIndexerMetrics } from "./metrics.ts";

export interface IndexerService extends RunningService {
  /** Rejects when the indexer cannot go on. */
  done: Promise<void>;
  /** Whether this process writes the register now. */
  leads(): boolean;
}

/** Starts the indexer of one process. @throws WrongChain when the node serves another chain than the register's */
export async function startIndexerService(env: Env, log: Log): Promise<IndexerService> {
  const pool = createPool(env.databaseUrl, { max: 4 });
  const nodes = openNodes(env.chainRpcUrls, {
    known: () => knownChain(pool),
    onChange: (health) => log.warn("a node changed", { ...health }),
  });
  const { rpc } = nodes;
  const local = env.profile === "local";
  const clock = await openClock(env.profile, pool, env.databaseUrl);
  const chain = await nodes.identity();
  const reach = openFailpoints(env.failpointDir);
  const registry = createRegistry();
  addNodeMetrics(registry, nodes);
  addPoolMetrics(registry, pool);
  const metrics = createIndexerMetrics(registry, pool, nodes);
  const traces = await openTraces("indexer", env.tracesUrl);
  const { confirm } = nodes;
  const reader = createBlockReader(rpc);
  const news = hearHeads(env.chainRpcUrls);
  const context = { pool, rpc, clock, log, local, reader, news, confirm, metrics, traces, reach };
  // The sandbox clock of the local profile is meant to differ.
  const endClockWatch = local ? () => undefined : watchClock(pool, log);
  const metricsServer = await serveMetrics(registry, env);
  const indexer = startIndexer(context, env.databaseUrl, chain);
  return {
    done: indexer.done,
    leads: indexer.leads,
    stop: async () => {
      await indexer.stop();
      endClockWatch();
      news.close();
      await nodes.close();
      await metricsServer?.close();
      await traces.close();
      await clock.close();
      await pool.end();
    },
  };
}
