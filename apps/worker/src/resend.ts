import { readQuantity } from "@genbo/chain/hex";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { type OpenTransaction, openTransactions, rawTransaction } from "@genbo/database/outbox/chain-tx";
import { adoptNonce, type LaneLease, nextNonceOf } from "@genbo/database/outbox/lanes";
import { broadcast, LaneBlocked, NonceTaken } from "./broadcast.ts";
import type { SendContext, WorkerContext } from "./context.ts";
import { openBatchMax, renewEveryMs } from "./limits.ts";
import type { Offered } from "./offered.ts";

/**
 * Sends stored bytes that no block holds and nobody has offered lately, one by one over all lanes in the order in which
 * they were stored. Whoever acts on an entry of somebody else does so after it: in this order, what a node lost comes
 * out as it did the first time. Where order is within lanes alone it leaves once the leases must be renewed, and goes on
 * at the next call.
 * @returns lanes that cannot go on, with the reason
 * @throws NodeUnavailable on the local chain at once, since order is over all lanes; else when no lane's bytes are answered
 */
export async function resend(
  context: SendContext,
  offered: Offered,
  signers: readonly string[],
): Promise<Map<string, LaneBlocked>> {
  const blocked = new Map<string, LaneBlocked>();
  /** Nothing of these goes after what is unclear or unanswered. */
  const unclear = new Set<string>();
  const unanswered = new Map<string, NodeUnavailable>();
  const seen = new Set<bigint>();
  const listedMs = performance.now();
  for await (const transaction of allOpen(context, signers)) {
    const { id, signer } = transaction;
    seen.add(id);
    const stands = blocked.has(signer) || unclear.has(signer) || unanswered.has(signer);
    if (stands || !offered.isDue(id)) continue;
    if (!context.local && msSince(listedMs) > renewEveryMs) return blocked;
    try {
      const raw = await rawTransaction(context.pool, id);
      context.metrics.resent();
      const offer = await broadcast(context, { ...transaction, raw }, "everybody");
      // The chain has lost more meanwhile: from the start, at the next call.
      if (offer === "notYet") return blocked;
      offered.note(transaction, offer);
      if (offer === "unclear") unclear.add(signer);
    } catch (error) {
      if (error instanceof LaneBlocked) blocked.set(signer, error);
      // A node that takes so long to say nothing does so for every lane.
      else if (context.local || !isUnavailable(error) || msSince(listedMs) > renewEveryMs) throw error;
      else unanswered.set(signer, error);
    }
  }
  noteUnanswered(context, unanswered, signers);
  offered.keep(seen, listedMs);
  return blocked;
}

const isUnavailable = (error: unknown): error is NodeUnavailable => error instanceof NodeUnavailable;
const msSince = (ms: number): number => performance.now() - ms;

/** One lane's bytes alone may be what no node answers to: the others go on. @throws NodeUnavailable when there are none */
function noteUnanswered(
  { log }: SendContext,
  unanswered: ReadonlyMap<string, NodeUnavailable>,
  signers: readonly string[],
): void {
  for (const [signer, error] of unanswered) {
    if (unanswered.size === signers.length) throw error;
    log.warn("no node answers to a lane's transaction", { signer, error: error.message });
  }
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
 * Compares a lane with what the chain has counted, when the lane is taken over. The register must have read that far
 * first: the chain may hold rows of ours that this database, restored from a backup, still has to send. The local node
 * is never behind, so where it has counted no more than we know of there is nothing to wait for.
 */
export async function reconcileNonce(context: SendContext, lane: LaneLease): Promise<Standing> {
  const { pool, counts, local } = context;
  if (local && (await countedNow(context, lane)) <= (await nextNonceOf(pool, lane.signer))) return "goesOn";
  const counted = await counts.settled(lane.signer);
  if (counted === undefined) return "waits";
  const known = await nextNonceOf(pool, lane.signer);
  if (counted <= known || (await adoptNonce(pool, lane, counted))) return "goesOn";
  return new NonceTaken(
    `The chain has ${counted} transactions of this signer and only ${known} are ours. Either somebody else has its key, or the database was restored from a backup: find out; two persons close the break then, and what is owed is sent again.`,
  );
}

const countedNow = async ({ rpc }: SendContext, { signer }: LaneLease): Promise<number> =>
  readQuantity(await rpc.call<string>("eth_getTransactionCount", signer, "latest"));
