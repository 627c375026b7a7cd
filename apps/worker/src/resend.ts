import { readQuantity } from "@genbo/chain/hex";
import { openTransactions, rawTransaction } from "@genbo/database/chain-tx";
import { adoptNonce, type LaneLease, nextNonceOf } from "@genbo/database/lanes";
import { broadcast, LaneBlocked } from "./broadcast.ts";
import type { WorkerContext } from "./context.ts";
import { openBatchMax, resendAfterMs } from "./limits.ts";

/** Sends stored bytes again that no block holds. */
export interface Resender {
  /** Forgets what was offered when: the node may have lost what it had. */
  forget(): void;
  /** This process offers the transaction now. */
  note(id: bigint): void;
  /** Sends what nobody has offered lately. @returns lanes that cannot go on, with the reason */
  run(signers: readonly string[]): Promise<Map<string, string>>;
}

export function createResender(context: WorkerContext): Resender {
  const offeredMs = new Map<bigint, number>();
  const note = (id: bigint) => void offeredMs.set(id, performance.now());
  const isDue = (id: bigint) => performance.now() - (offeredMs.get(id) ?? -Infinity) >= resendAfterMs;

  /**
   * One by one over all lanes in the order in which they were stored. Whoever acts on an entry of somebody else does
   * so after it: in this order, what the node lost comes out as it did the first time.
   */
  const run = async (signers: readonly string[]) => {
    const blocked = new Map<string, string>();
    const stillOpen = new Set<bigint>();
    let after = 0n;
    for (;;) {
      const open = await openTransactions(context.pool, signers, after, openBatchMax);
      for (const transaction of open) {
        const { id, signer } = transaction;
        stillOpen.add(id);
        if (blocked.has(signer) || !isDue(id)) continue;
        note(id);
        try {
          await broadcast(context, { ...transaction, raw: await rawTransaction(context.pool, id) });
        } catch (error) {
          if (!(error instanceof LaneBlocked)) throw error;
          blocked.set(signer, error.message);
        }
      }
      const last = open.at(-1);
      if (last === undefined || open.length < openBatchMax) break;
      after = last.id;
    }
    for (const id of offeredMs.keys()) if (!stillOpen.has(id)) offeredMs.delete(id);
    return blocked;
  };

  return { run, note, forget: () => offeredMs.clear() };
}

/**
 * Compares a lane with what the node has counted, when the lane is taken over.
 * @returns why the lane must not go on, or null
 */
export async function reconcileNonce(context: WorkerContext, lane: LaneLease): Promise<string | null> {
  const counted = readQuantity(
    await context.rpc.call<string>("eth_getTransactionCount", lane.signer, "latest"),
  );
  if (await adoptNonce(context.pool, lane, counted)) return null;
  const next = await nextNonceOf(context.pool, lane.signer);
  if (counted <= next) return null;
  return `The chain has ${counted} transactions of this signer and only ${next} are ours: somebody else has its key.`;
}
