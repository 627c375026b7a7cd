import { readQuantity } from "./hex.ts";
import type { Rpc } from "./rpc.ts";
import { NodeUnavailable } from "./rpc-errors.ts";

/**
 * A node's newest block. Besu has no "latest" while it takes itself to be behind by a block that it is just reading;
 * `eth_blockNumber` is the newest that it has.
 * @param check see `Rpc.all`
 * @throws NodeUnavailable when it does not have that one either
 */
export async function latestBlock<Block>(rpc: Rpc, check?: Check<Block>): Promise<Block> {
  return (await blockOf(rpc, "latest", check)) ?? (await numbered(rpc, check));
}

type Check<Block> = (blocks: (Block | null)[]) => void;

async function blockOf<Block>(rpc: Rpc, number: string, check?: Check<Block>): Promise<Block | null> {
  const call = { method: "eth_getBlockByNumber", params: [number, false] };
  return (await rpc.all<Block | null>([call], check))[0] ?? null;
}

async function numbered<Block>(rpc: Rpc, check?: Check<Block>): Promise<Block> {
  const number = await rpc.call<string>("eth_blockNumber");
  const block = await blockOf(rpc, number, check);
  if (block === null) throw new NodeUnavailable(`the node has no block ${readQuantity(number)}, its newest`);
  return block;
}
