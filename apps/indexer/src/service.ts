import { createBlockReader } from "@genbo/chain/blocks";
import { readChainIdentity } from "@genbo/chain/identity";
import { createRpc } from "@genbo/chain/rpc";
import { createPool } from "@genbo/database/connection";
import { readCursor } from "@genbo/database/cursor";
import { openSandboxClock } from "@genbo/database/sandbox-clock";
import { systemClock } from "@genbo/domain/clock";
import type { Env } from "@genbo/domain/env";
import type { Log } from "@genbo/domain/log";
import type { RunningService } from "@genbo/domain/process";
import { startIndexer } from "./indexer.ts";

export interface IndexerService extends RunningService {
  /** Rejects when the indexer cannot go on. */
  done: Promise<void>;
  /** Whether this process writes the register now. */
  leads(): boolean;
}

/** Starts the indexer of one process. @throws WrongChain when the node serves another chain than the register's */
export async function startIndexerService(env: Env, log: Log): Promise<IndexerService> {
  const pool = createPool(env.databaseUrl, { max: 4 });
  const rpc = createRpc(env.chainRpcUrls);
  const local = env.profile === "local";
  const clock = local
    ? await openSandboxClock(pool, env.databaseUrl)
    : { ...systemClock, close: async () => undefined };
  const known = await readCursor(pool);
  const chain = await readChainIdentity(
    rpc,
    known === undefined ? undefined : { genesisHash: known.genesisHash },
  );
  const context = { pool, rpc, clock, log, local, reader: createBlockReader(rpc) };
  const indexer = startIndexer(context, env.databaseUrl, chain);
  return {
    done: indexer.done,
    leads: indexer.leads,
    stop: async () => {
      await indexer.stop();
      rpc.close();
      await clock.close();
      await pool.end();
    },
  };
}
