import { readQuantity } from "./hex.ts";
import type { Rpc } from "./rpc.ts";
import { NodeUnavailable } from "./rpc-errors.ts";

/**
 * A node's newest block. Besu has no "latest" while it takes itself to be behind by a block that it is just reading;
 * `eth_blockNumber` is the newest that it has.
 * @throws NodeUnavailable when it does not have that one either
 */
export async function latestBlock<Block>(rpc: Rpc): Promise<Block> {
  return (await rpc.call<Block | null>("eth_getBlockByNumber", "latest", false)) ?? (await numbered(rpc));
}

async function numbered<Block>(rpc: Rpc): Promise<Block> {
  const number = await rpc.call<string>("eth_blockNumber");
  const block = await rpc.call<Block | null>("eth_getBlockByNumber", number, false);
  if (block === null) throw new NodeUnavailable(`the node has no block ${readQuantity(number)}, its newest`);
  return block;
}
