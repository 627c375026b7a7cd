import { readQuantity } from "@genbo/chain/hex";
import { type OpenTransaction, openTransactions, rawTransaction } from "@genbo/database/outbox/chain-tx";
import { adoptNonce, type LaneLease, nextNonceOf } from "@genbo/database/outbox/lanes";
import { broadcast, LaneBlocked, NonceTaken } from "./broadcast.ts";
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
): Promise<Map<string, LaneBlocked>> {
  const blocked = new Map<string, LaneBlocked>();
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
      blocked.set(signer, error);
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

/** What a lane that is taken over may do. */
export type Standing = "goesOn" | "waits" | NonceTaken;

/**
 * Compares a lane with what the node has counted, when the lane is taken over. Where the chain has more than we know of,
 * the register must have read it first: it may hold rows of ours that this database, restored from a backup, still has
 * to send.
 */
export async function reconcileNonce(context: SendContext, lane: LaneLease): Promise<Standing> {
  const { pool, rpc, counts } = context;
  const next = () => nextNonceOf(pool, lane.signer);
  if (
    readQuantity(await rpc.call<string>("eth_getTransactionCount", lane.signer, "latest")) <= (await next())
  )
    return "goesOn";
  const counted = await counts.settled(lane.signer);
  if (counted === undefined) return "waits";
  if (await adoptNonce(pool, lane, counted)) return "goesOn";
  const known = await next();
  if (counted <= known) return "goesOn";
  return new NonceTaken(
    `The chain has ${counted} transactions of this signer and only ${known} are ours. Either somebody else has its key, or the database was restored from a backup: find out; two persons close the break then, and what is owed is sent again.`,
  );
}
