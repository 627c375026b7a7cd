import type { BlockReader, BlockRef } from "@genbo/chain/blocks";
import type { NewHeads } from "@genbo/chain/new-heads";
import type { Rpc } from "@genbo/chain/rpc";
import type { Pool } from "@genbo/database/sql/connection";
import type { Leadership } from "@genbo/database/sql/leader";
import type { Clock } from "@genbo/domain/clock";
import type { Reach } from "@genbo/domain/failpoints";
import type { Log } from "@genbo/domain/log";
import type { Traces } from "@genbo/telemetry/traces";
import type { IndexerMetrics } from "./metrics.ts";

export interface IndexerContext {
  /** For reads; what is written goes through the leadership. */
  pool: Pool;
  rpc: Rpc;
  reader: BlockReader;
  news: NewHeads;
  /** Whether enough nodes have a block for the register to take it. */
  confirm(block: BlockRef): Promise<boolean>;
  metrics: IndexerMetrics;
  traces: Traces;
  clock: Clock;
  log: Log;
  /** A local chain may come back from an older dump; elsewhere a reorg is a break. */
  local: boolean;
  reach: Reach;
}

export interface LeaderContext extends IndexerContext {
  leadership: Leadership;
}
