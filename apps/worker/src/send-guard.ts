import { setTimeout as sleep } from "node:timers/promises";
import { quantity, readQuantity } from "@genbo/chain/hex";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { earlierWaits } from "@genbo/database/outbox/chain-tx";
import { readCursor } from "@genbo/database/register/cursor";
import type { Pool } from "@genbo/database/sql/connection";
import type { SendGuard, WorkerContext } from "./context.ts";
import { othersLookMs, othersWaitMs } from "./limits.ts";

/** Blocks of a chain with finality do not go away: whatever is stored may go. */
export const openGuard: SendGuard = { mayGo: async () => true };

interface Head {
  number: number;
  hash: string;
}
type WireHead = { number: string; hash: string } | null;

/**
 * A local chain that was killed comes back without its newest blocks, and nobody says so. A transaction that acts on
 * a lost entry of another lane would be carried out before it and come out otherwise. So nothing goes out until the
 * register has gone back too, and then everything in the order in which it was stored.
 * @param onLost the node has lost blocks that this process has seen
 */
export function createLocalGuard({ rpc, pool, log }: WorkerContext, onLost: () => void): SendGuard {
  let seen: Head | undefined;

  const look = async (known: readonly Head[]): Promise<{ has: boolean[]; head: Head }> => {
    const tags = [...known.map(({ number }) => quantity(number)), "latest"];
    const calls = tags.map((tag) => ({ method: "eth_getBlockByNumber", params: [tag, false] }));
    const blocks = await rpc.all<WireHead>(calls);
    const latest = blocks.pop()!;
    return {
      has: known.map(({ hash }, index) => blocks[index]?.hash === hash),
      head: { number: readQuantity(latest.number), hash: latest.hash },
    };
  };

  const mayGo = async (id: bigint) => {
    const cursor = await readCursor(pool);
    const ours = cursor === undefined ? [] : [{ number: cursor.blockNumber, hash: cursor.blockHash }];
    const { has, head } = await look(seen === undefined ? ours : [...ours, seen]);
    const [hasCursor = true, hasSeen = true] = cursor === undefined ? [true, ...has] : has;
    seen = head;
    if (!hasCursor || !hasSeen) {
      log.warn("the chain went back", { head: head.number, cursor: cursor?.blockNumber });
      onLost();
    }
    if (!hasCursor) throw new NodeUnavailable("the chain has lost blocks that the register still knows");
    return hasSeen && (await othersHaveGone(pool, id));
  };
  return { mayGo };
}

/** Another lane's transaction that was stored just before is on its way out: a few milliseconds mend that. */
async function othersHaveGone(pool: Pool, id: bigint): Promise<boolean> {
  for (let waitedMs = 0; await earlierWaits(pool, id); waitedMs += othersLookMs) {
    if (waitedMs >= othersWaitMs) return false;
    await sleep(othersLookMs);
  }
  return true;
}
