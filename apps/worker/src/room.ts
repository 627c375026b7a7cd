import { readQuantity } from "@genbo/chain/hex";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import type { LaneWork } from "@genbo/database/outbox/chain-tx";
import type { WorkerContext } from "./context.ts";

export interface Room {
  signer: string;
  /** Transactions that count against the lane's window. */
  open: number;
}

/**
 * Which lanes may send. The register reads a block a while after it is made, so a lane that is full by the register asks
 * the chain: else blocks come empty while the register reads the last one. It goes ahead of the register by one more
 * window at the most, so that a register that stands still holds the lanes up.
 * @returns `full`: some wait for a block
 */
export async function findRoom(
  context: Pick<WorkerContext, "rpc" | "local">,
  work: readonly LaneWork[],
  window: number,
): Promise<{ rooms: Room[]; full: boolean }> {
  const waiting = work.filter((lane) => lane.waiting);
  const full = waiting.filter(({ open }) => open >= window);
  const mined = await minedOf(context, full);
  const rooms = waiting
    .map(({ signer, open, nextNonce }) => {
      const count = mined.get(signer);
      return {
        signer,
        open: count === undefined ? open : Math.max(Number(nextNonce) - count, open - window, 0),
      };
    })
    .filter(({ open }) => open < window);
  return { rooms, full: rooms.length < waiting.length };
}

/** Transactions of each lane that blocks hold, as a node counts them; none where it may lose blocks or does not answer. */
async function minedOf(
  { rpc, local }: Pick<WorkerContext, "rpc" | "local">,
  lanes: readonly LaneWork[],
): Promise<Map<string, number>> {
  if (local || lanes.length === 0) return new Map();
  try {
    const counts = await rpc.all<string>(
      lanes.map(({ signer }) => ({ method: "eth_getTransactionCount", params: [signer, "latest"] })),
    );
    return new Map(lanes.map(({ signer }, index) => [signer, readQuantity(counts[index]!)]));
  } catch (error) {
    if (!(error instanceof NodeUnavailable)) throw error;
    return new Map();
  }
}
