import { readQuantity } from "@genbo/chain/hex";
import type { Rpc } from "@genbo/chain/rpc";
import { readCursor } from "@genbo/database/register/cursor";
import type { Pool } from "@genbo/database/sql/connection";

/** How many transactions of a signer the chain holds, told only once it is known which of them are ours. */
export interface Counts {
  /** A count that the register has read past; undefined until it has: ask again. @throws NodeUnavailable */
  settled(signer: string): Promise<number | undefined>;
  /** The chain may have lost blocks. */
  forget(): void;
}

interface Seen {
  count: number;
  head: number;
}

export function createCounts({ rpc, pool }: { rpc: Rpc; pool: Pool }): Counts {
  const seen = new Map<string, Seen>();
  const look = async (signer: string): Promise<Seen> => {
    const [count, head] = await rpc.all<unknown>([
      { method: "eth_getTransactionCount", params: [signer, "latest"] },
      { method: "eth_blockNumber", params: [] },
    ]);
    return { count: readQuantity(count as string), head: readQuantity(head as string) };
  };
  return {
    settled: async (signer) => {
      const known = seen.get(signer);
      if (known === undefined) {
        seen.set(signer, await look(signer));
        return undefined;
      }
      const cursor = await readCursor(pool);
      // Past it: while anvil mines a block it counts that block's transactions already.
      if (cursor === undefined || cursor.blockNumber <= known.head) return undefined;
      seen.delete(signer);
      return known.count;
    },
    forget: () => seen.clear(),
  };
}
