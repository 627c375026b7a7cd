import { askAgain } from "@genbo/chain/ask-again";
import { classifySendRefusal } from "@genbo/chain/errors";
import { hexOf, readQuantity } from "@genbo/chain/hex";
import { NodeRefused, NodeUnavailable } from "@genbo/chain/rpc-errors";
import { markSent, type OpenTransaction } from "@genbo/database/chain-tx";
import type { SendContext, WorkerContext } from "./context.ts";

export interface Broadcastable extends OpenTransaction {
  raw: Buffer;
}

/** A transaction that can never be mined as it stands. Its lane must not go on, or what follows would hang behind it. */
export class LaneBlocked extends Error {
  override readonly name = "LaneBlocked";
}

/**
 * `sent`: a node has it. `later`: the node wants it later. `notYet`: others that were stored before must go first.
 * In all cases the bytes are stored and are offered again.
 */
export type Offer = "sent" | "later" | "notYet";

/**
 * Gives stored bytes to a node, which is harmless to repeat, and notes that it has them.
 * @throws NodeUnavailable, LaneBlocked
 */
export async function broadcast(context: SendContext, transaction: Broadcastable): Promise<Offer> {
  if (!(await context.guard.mayGo(transaction.id))) return "notYet";
  const began = performance.now();
  if (!(await offer(context, transaction))) return "later";
  context.metrics.sent((performance.now() - began) / 1000);
  context.log.debug("sent", { id: transaction.id, signer: transaction.signer, nonce: transaction.nonce });
  await context.checkpoint("broadcast");
  await markSent(context.pool, [transaction.id], context.clock.now());
  context.onSent();
  await context.checkpoint("sent");
  return "sent";
}

async function offer(context: WorkerContext, transaction: Broadcastable): Promise<boolean> {
  const { hash, nonce } = transaction;
  try {
    await context.rpc.call("eth_sendRawTransaction", hexOf(transaction.raw));
    return true;
  } catch (error) {
    if (!(error instanceof NodeRefused)) throw error;
    switch (classifySendRefusal(error.message)) {
      case "known":
        return true;
      case "later":
        context.log.warn("the node takes a transaction later", { hash, error: error.message });
        return false;
      case "nonceUsed":
        if (await isOurs(context, transaction)) return true;
        throw new LaneBlocked(
          `Somebody else sent transaction ${nonce} with this signer's key: find out who has it, its rows wait.`,
        );
      case "nonceTaken":
        throw new LaneBlocked(
          `Another transaction ${nonce} of this signer waits in the node's pool: somebody else has its key.`,
        );
      case "never":
        throw new LaneBlocked(
          `The node refuses transaction ${nonce} for good: ${error.message}; if it is too large, raise the node's limit, then restart the worker`,
        );
    }
  }
}

/** Whether the used nonce is used by these very bytes. Both questions go to one node in one request. */
const isOurs = ({ rpc }: WorkerContext, { signer, nonce, hash }: Broadcastable): Promise<boolean> =>
  askAgain(
    async () => {
      const [count, receipt] = await rpc.all<unknown>([
        { method: "eth_getTransactionCount", params: [signer, "latest"] },
        { method: "eth_getTransactionReceipt", params: [hash] },
      ]);
      if (receipt !== null) return true;
      if (readQuantity(count as string) <= nonce) {
        throw new NodeUnavailable(`the node contradicts itself on nonce ${nonce} of ${signer}`);
      }
      return false;
    },
    (isIt) => isIt,
  );
