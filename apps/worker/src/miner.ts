import type { Rpc } from "@genbo/chain/rpc";
import { NodeRefused } from "@genbo/chain/rpc-errors";
import type { Log } from "@genbo/domain/log";
import { mineDelayMs, mineEveryMs } from "./limits.ts";

export interface Miner {
  /** A block should come soon. */
  request(): void;
  stop(): void;
}

/** Asks the local chain for blocks between its regular ones, so that a lone transaction need not wait for a second. */
export function createMiner(rpc: Rpc, log: Log): Miner {
  let timer: NodeJS.Timeout | undefined;
  let lastMs = 0;
  const mine = () => {
    timer = undefined;
    lastMs = performance.now();
    rpc.call("evm_mine").catch((error: unknown) => {
      // The chain makes its regular blocks anyway; a node that does not know the method is no local one.
      if (error instanceof NodeRefused) log.warn("the node makes no block when asked", { error });
    });
  };
  return {
    request: () => {
      timer ??= setTimeout(mine, Math.max(mineDelayMs, lastMs + mineEveryMs - performance.now()));
    },
    stop: () => clearTimeout(timer),
  };
}

/** On chains with a rhythm of their own. */
export const noMiner: Miner = { request: () => undefined, stop: () => undefined };
