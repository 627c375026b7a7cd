import { readQuantity } from "@genbo/chain/hex";
import type { Nodes } from "@genbo/chain/nodes/nodes";
import type { Rpc } from "@genbo/chain/rpc";
import { readCursor } from "@genbo/database/register/cursor";
import { clockSkewMs } from "@genbo/database/server/clock-skew";
import type { Pool } from "@genbo/database/sql/connection";
import type { Log } from "@genbo/domain/log";
import { headAgeMsMax, lookAgainMs } from "./limits.ts";

/** How many transactions of a signer the chain holds, told only once it is known which of them are ours. */
export interface Counts {
  /**
   * A count that the register has read past; undefined until it has, and while a node whose blocks are final has only
   * old ones: ask again. @throws NodeUnavailable
   */
  settled(signer: string): Promise<number | undefined>;
  /** What was counted before is of no use: of this signer, or of all since the chain may have lost blocks. */
  forget(signer?: string): void;
}

interface Seen {
  count: number;
  head: number;
  atMs: number;
}

interface CountsContext {
  rpc: Rpc;
  answers: Nodes["answers"];
  quorum: number;
  pool: Pool;
  log: Log;
  /** The node is the local one, which is never behind. */
  local: boolean;
}

export function createCounts(context: CountsContext): Counts {
  const { rpc, pool, local } = context;
  const seen = new Map<string, Seen>();
  const isOld = createAgeCheck(context);
  const look = async (signer: string): Promise<Seen | undefined> => {
    const [count, head] = await rpc.all<unknown>([
      { method: "eth_getTransactionCount", params: [signer, "latest"] },
      { method: "eth_getBlockByNumber", params: ["latest", false] },
    ]);
    // Besu has no newest block for a moment while one comes in.
    if (head === null) return undefined;
    const { number, timestamp } = head as { number: string; timestamp: string };
    if (!local && (await isOld(readQuantity(timestamp)))) return undefined;
    return { count: readQuantity(count as string), head: readQuantity(number), atMs: performance.now() };
  };
  return {
    settled: async (signer) => {
      const known = seen.get(signer);
      if (known === undefined || performance.now() - known.atMs > lookAgainMs) {
        const found = await look(signer);
        if (found !== undefined) seen.set(signer, found);
        return undefined;
      }
      const cursor = await readCursor(pool);
      // Past it: while anvil mines a block it counts that block's transactions already.
      if (cursor === undefined || cursor.blockNumber <= known.head) return undefined;
      seen.delete(signer);
      return agreed(context, signer, known.count);
    },
    forget: (signer) => (signer === undefined ? seen.clear() : void seen.delete(signer)),
  };
}

/** A node alone may have made up a count that stops its lane: no more than so many nodes have reached. */
async function agreed(
  { answers, quorum }: CountsContext,
  signer: string,
  count: number,
): Promise<number | undefined> {
  const counts = await answers({ method: "eth_getTransactionCount", params: [signer, "latest"] });
  const reached = counts.map((each) => readQuantity(each as string)).sort((a, b) => b - a)[quorum - 1];
  return reached === undefined ? undefined : Math.min(count, reached);
}

/**
 * A node that is behind, alone or with all others that are asked, may not have counted what this database, restored
 * from a backup, still has to send. It says nothing of that itself; the time of its newest block does.
 */
function createAgeCheck({ pool, log }: CountsContext) {
  let waits = false;
  return async (headTime: number): Promise<boolean> => {
    const ageMs = Date.now() + (await clockSkewMs(pool)) - headTime * 1000;
    const isOld = ageMs > headAgeMsMax;
    if (isOld && !waits)
      log.warn("lanes wait for a new block: the chain has halted, its node is behind, or the clocks differ", {
        newestBlockAgeMs: ageMs,
      });
    if (!isOld && waits) log.info("blocks are new again: lanes go on", { newestBlockAgeMs: ageMs });
    waits = isOld;
    return isOld;
  };
}
