import { classifySendRefusal } from "@genbo/chain/errors";
import { hexOf, readQuantity } from "@genbo/chain/hex";
import { NodeRefused, NodeUnavailable } from "@genbo/chain/rpc-errors";
import { markSent } from "@genbo/database/chain-tx";
import type { WorkerContext } from "./context.ts";

export interface Broadcastable {
  id: bigint;
  signer: string;
  nonce: number;
  hash: string;
  raw: Buffer;
}

/** A transaction that can never be mined as it stands. Its lane must not go on, or what follows would hang behind it. */
export class LaneBlocked extends Error {
  override readonly name = "LaneBlocked";
}

/**
 * Gives stored bytes to a node, which is harmless to repeat, and notes that it has them.
 * @returns false when the node wants them later
 * @throws NodeUnavailable, LaneBlocked
 */
export async function broadcast(context: WorkerContext, transaction: Broadcastable): Promise<boolean> {
  const taken = await offer(context, transaction);
  if (!taken) return false;
  await context.checkpoint("broadcast");
  await markSent(context.pool, [transaction.id], context.clock.now());
  context.onSent();
  await context.checkpoint("sent");
  return true;
}

async function offer(context: WorkerContext, transaction: Broadcastable): Promise<boolean> {
  try {
    await context.rpc.call("eth_sendRawTransaction", hexOf(transaction.raw));
    return true;
  } catch (error) {
    if (!(error instanceof NodeRefused)) throw error;
    switch (classifySendRefusal(error.message)) {
      case "known":
        return true;
      case "later":
        context.log.warn("the node takes a transaction later", {
          hash: transaction.hash,
          error: error.message,
        });
        return false;
      case "nonceUsed":
        if (await isOurs(context, transaction)) return true;
        throw new LaneBlocked(`Somebody else sent transaction ${transaction.nonce} with this signer's key.`);
      case "nonceTaken":
        throw new LaneBlocked(
          `Another transaction ${transaction.nonce} of this signer waits in the node's pool: somebody else has its key.`,
        );
      case "never":
        throw new LaneBlocked(`The node refuses transaction ${transaction.nonce} for good: ${error.message}`);
    }
  }
}

/** Whether the used nonce is used by these very bytes. Both questions go to one node in one request. */
async function isOurs({ rpc }: WorkerContext, { signer, nonce, hash }: Broadcastable): Promise<boolean> {
  const [count, receipt] = await rpc.all<unknown>([
    { method: "eth_getTransactionCount", params: [signer, "latest"] },
    { method: "eth_getTransactionReceipt", params: [hash] },
  ]);
  if (receipt !== null) return true;
  if (readQuantity(count as string) > nonce) return false;
  throw new NodeUnavailable(`the node contradicts itself on nonce ${nonce} of ${signer}`);
}
