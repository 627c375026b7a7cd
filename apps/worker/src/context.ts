import type { CallTargets } from "@genbo/chain/commands";
import type { Keystore } from "@genbo/chain/keystore";
import type { Nodes } from "@genbo/chain/nodes/nodes";
import type { Rpc } from "@genbo/chain/rpc";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import type { Pool } from "@genbo/database/sql/connection";
import type { Clock } from "@genbo/domain/clock";
import type { Log } from "@genbo/domain/log";
import type { Traces } from "@genbo/telemetry/traces";
import type { Counts } from "./counts.ts";
import type { WorkerMetrics } from "./metrics.ts";

/** Where a transaction can be cut off; tests stop the worker there. */
export type Checkpoint = "beforeStore" | "stored" | "broadcast" | "sent";

export interface WorkerContext {
  pool: Pool;
  rpc: Rpc;
  /** Gives a call to every node. */
  everybody: Nodes["everybody"];
  /** What every node answers to a call. */
  answers: Nodes["answers"];
  /** So many nodes must say what would stop a lane. */
  quorum: number;
  keystore: Keystore;
  clock: Clock;
  log: Log;
  chainId: number;
  /** The chain is the local one, which may lose blocks when it is killed. */
  local: boolean;
  /** Tells this worker's leases from those of any other, earlier ones of the same host included. */
  holder: string;
  metrics: WorkerMetrics;
  traces: Traces;
  /** A transaction was sent: the local profile asks for a block. */
  onSent(): void;
  checkpoint(name: Checkpoint): Promise<void>;
  /** The contracts stand, as this worker has found at its start or made. */
  onDeployed(deployment: DeploymentRow): void;
}

/** Whether a stored transaction may go out now, or must wait until others that were stored before it have. */
export interface SendGuard {
  /** @throws NodeUnavailable while the register knows blocks that the node has lost */
  mayGo(id: bigint): Promise<boolean>;
}

/** What whoever sends needs. */
export interface SendContext extends WorkerContext {
  guard: SendGuard;
  counts: Counts;
}

/** What lanes need once the contracts stand. */
export interface LaneContext extends SendContext {
  targets: CallTargets;
}
