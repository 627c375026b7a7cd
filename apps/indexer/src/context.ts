import type { BlockReader } from "@genbo/chain/blocks";
import type { Rpc } from "@genbo/chain/rpc";
import type { Pool } from "@genbo/database/connection";
import type { Leadership } from "@genbo/database/leader";
import type { Clock } from "@genbo/domain/clock";
import type { Log } from "@genbo/domain/log";

export interface IndexerContext {
  /** For reads; what is written goes through the leadership. */
  pool: Pool;
  rpc: Rpc;
  reader: BlockReader;
  clock: Clock;
  log: Log;
  /** A local chain may come back from an older dump; elsewhere a reorg is a break. */
  local: boolean;
}

export interface LeaderContext extends IndexerContext {
  leadership: Leadership;
}
