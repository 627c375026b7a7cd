import type { RateLimit } from "@genbo/api-schema/limits";
import type { Keystore } from "@genbo/chain/keystore";
import type { Nodes } from "@genbo/chain/nodes/nodes";
import type { RunCommand } from "@genbo/database/commands/commands";
import type { Order, OrderFacts } from "@genbo/database/issues/transfers-facts";
import type { SandboxClock } from "@genbo/database/server/sandbox-clock";
import type { createPrisma, Pool } from "@genbo/database/sql/connection";
import type { VaultKeys } from "@genbo/database/vault/keys";
import type { Clock } from "@genbo/domain/clock";
import type { Profile } from "@genbo/domain/env";
import type { Reach } from "@genbo/domain/failpoints";
import type { Log } from "@genbo/domain/log";
import type { Traces } from "@genbo/telemetry/traces";
import type { SigningKeys } from "./legal/signing-keys.ts";
import type { ApiMetrics } from "./process/metrics.ts";
import type { OutboxLimit } from "./process/outbox-limit.ts";
import type { TreeOf } from "./register/trees.ts";

/** What the api asks of the chain itself; everything else it reads from the register. */
export interface ChainPort extends Pick<Nodes, "health" | "progress"> {
  /** Number of the node's newest block. @throws when no node answers */
  head(): Promise<number>;
  /** The newest block that any node had when it was last looked at, a second ago at most; null where none answers. */
  lastSeenHead(): number | null;
  /** Whether a contract stands for a signature over a digest (ERC-1271). @throws when no node answers */
  acceptsSignature(address: string, digest: string, signature: string): Promise<boolean>;
  /** Moves the chain's time forward (local profile): the next block is not before `at`. */
  setTime(at: Date): Promise<void>;
}

/** All that the routes work with, given once at the start. */
export interface ApiContext {
  profile: Profile;
  version: string;
  clock: Clock;
  log: Log;
  pool: Pool;
  prisma: ReturnType<typeof createPrisma>;
  runCommand: RunCommand;
  /** What the register says about an order; asked for together with what others ask at once. */
  factsOf(order: Order): Promise<OrderFacts>;
  keystore: Keystore;
  vaultKeys: VaultKeys;
  signingKeys: SigningKeys;
  chain: ChainPort;
  /** The clock that may be moved; null outside the local profile. */
  sandbox: SandboxClock | null;
  /** Proxies of ours, whose X-Forwarded-For is believed; from anybody else it is not. */
  trustedProxies: readonly string[];
  rateLimits: Readonly<Record<RateLimit, number>>;
  outbox: OutboxLimit;
  metrics: ApiMetrics;
  traces: Traces;
  treeOf: TreeOf;
  /** Tells the workers that commands wait. */
  notifyCommands(): void;
  reach: Reach;
}
