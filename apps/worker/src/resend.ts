import { readQuantity } from "@genbo/chain/hex";
import { type OpenTransaction, openTransactions, rawTransaction } from "@genbo/database/chain-tx";
import { adoptNonce, type LaneLease, nextNonceOf } from "@genbo/database/lanes";
import { broadcast, LaneBlocked } from "./broadcast.ts";
import type { SendContext, WorkerContext } from "./context.ts";
import { openBatchMax, resendAfterMs } from "./limits.ts";

/** Remembers when this process last offered each transaction to a node. */
export interface Offered {
  /** The node may have lost what it had. */
  forget(): void;
  note(id: bigint): void;
  isDue(id: bigint): boolean;
  /** Drops what is open no longer. */
  keep(open: ReadonlySet<bigint>): void;
}

export function createOffered(): Offered {
  const atMs = new Map<bigint, number>();
  return {
    forget: () => atMs.clear(),
    note: (id) => void atMs.set(id, performance.now()),
    isDue: (id) => performance.now() - (atMs.get(id) ?? -Infinity) >= resendAfterMs,
    keep: (open) => {
      for (const id of atMs.keys()) if (!open.has(id)) atMs.delete(id);
    },
  };
}

/**
 * Sends stored bytes that no block holds and nobody has offered lately, one by one over all lanes in the order in which
 * they were stored. Whoever acts on an entry of somebody else does so after it: in this order, what a node lost comes
 * out as it did the first time.
 * @returns lanes that cannot go on, with the reason
 */
export async function resend(
  context: SendContext,
  offered: Offered,
  signers: readonly string[],
): Promise<Map<string, string>> {
  const blocked = new Map<string, string>();
  const seen = new Set<bigint>();
  for await (const transaction of allOpen(context, signers)) {
    const { id, signer } = transaction;
    seen.add(id);
    if (blocked.has(signer) || !offered.isDue(id)) continue;
    try {
      const raw = await rawTransaction(context.pool, id);
      context.metrics.resent();
      const offer = await broadcast(context, { ...transaction, raw }, "everybody");
      // The chain has lost more meanwhile: from the start, at the next call.
      if (offer === "notYet") return blocked;
      offered.note(id);
    } catch (error) {
      if (!(error instanceof LaneBlocked)) throw error;
      blocked.set(signer, error.message);
    }
  }
  offered.keep(seen);
  return blocked;
}

async function* allOpen(
  { pool }: WorkerContext,
  signers: readonly string[],
): AsyncGenerator<OpenTransaction, void, undefined> {
  for (let after = 0n; ; ) {
    const open = await openTransactions(pool, signers, after, openBatchMax);
    yield* open;
    const last = open.at(-1);
    if (last === undefined || open.length < openBatchMax) return;
    after = last.id;
  }
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
