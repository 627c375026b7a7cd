import { quantity, readQuantity } from "./hex.ts";
import type { Rpc } from "./rpc.ts";

/** A log as a node gives it. */
export interface WireLog {
  address: string;
  topics: string[];
  data: string;
  logIndex: string;
  blockNumber: string;
  transactionHash: string;
}

/** Blocks of one question: what Besu answers by default. */
const blocksPerQuestion = 5_000;

/** Logs in the order of the chain, asked for some thousand blocks at a time. @param last the newest block when left out */
export async function* logsOf(
  rpc: Rpc,
  filter: { address?: string; topics?: readonly string[] },
  first: number,
  last?: number,
): AsyncGenerator<WireLog> {
  const end = last ?? readQuantity(await rpc.call<string>("eth_blockNumber"));
  for (let from = first; from <= end; from += blocksPerQuestion) {
    const toBlock = quantity(Math.min(end, from + blocksPerQuestion - 1));
    yield* await rpc.call<WireLog[]>("eth_getLogs", { ...filter, fromBlock: quantity(from), toBlock });
  }
}
