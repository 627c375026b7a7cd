import { setTimeout as sleep } from "node:timers/promises";
import type { Rpc } from "@genbo/chain/rpc";
import type { NodeSlot } from "./node.ts";
import { waitFor } from "./wait.ts";

export interface Block {
  number: number;
  hash: string;
  /** Unix seconds. */
  time: number;
  gasLimit: number;
  gasUsed: number;
  /** Address of the validator that proposed it. */
  proposer: string;
  transactions: number;
}

interface WireBlock {
  number: string;
  hash: string;
  timestamp: string;
  gasLimit: string;
  gasUsed: string;
  miner: string;
  transactions: unknown[];
}

export const heightOf = (rpc: Rpc): Promise<number> => rpc.call<string>("eth_blockNumber").then(Number);

export async function blockAt(rpc: Rpc, number: number): Promise<Block> {
  const block = await rpc.call<WireBlock>("eth_getBlockByNumber", `0x${number.toString(16)}`, false);
  return {
    number: Number(block.number),
    hash: block.hash,
    time: Number(block.timestamp),
    gasLimit: Number(block.gasLimit),
    gasUsed: Number(block.gasUsed),
    proposer: block.miner.toLowerCase(),
    transactions: block.transactions.length,
  };
}

export async function blocksOf(rpc: Rpc, from: number, to: number): Promise<Block[]> {
  return Promise.all(Array.from({ length: to - from + 1 }, (_, index) => blockAt(rpc, from + index)));
}

/** A validator that goes may cost rounds, each twice as long as the one before. Besu once lost five of them: 62 s. */
export const roundsMs = 180_000;

/** Waits until each node has `count` blocks more than the highest has now. @returns the height they reached */
export async function moreBlocks(
  slots: readonly NodeSlot[],
  count: number,
  timeoutMs: number,
): Promise<number> {
  const heights = await Promise.all(slots.map(({ rpc }) => heightOf(rpc)));
  const goal = Math.max(...heights) + count;
  await waitFor(
    `block ${goal} on ${slots.map(({ node }) => node.name).join(", ")}`,
    async () => {
      const now = await Promise.all(slots.map(({ rpc }) => heightOf(rpc)));
      return now.every((height) => height >= goal);
    },
    timeoutMs,
  );
  return goal;
}

/** Nodes that have the same block at `number`. @throws Error when they have not */
export async function expectSameBlock(slots: readonly NodeSlot[], number: number): Promise<void> {
  const hashes = await Promise.all(slots.map(async ({ rpc }) => (await blockAt(rpc, number)).hash));
  if (new Set(hashes).size !== 1) throw new Error(`Block ${number} differs: ${hashes.join(", ")}`);
}

/** Watches that no node gets a block for `ms`. @throws Error when one does */
export async function expectHalted(slots: readonly NodeSlot[], ms: number): Promise<void> {
  const before = await Promise.all(slots.map(({ rpc }) => heightOf(rpc)));
  await sleep(ms);
  const after = await Promise.all(slots.map(({ rpc }) => heightOf(rpc)));
  if (after.join() !== before.join()) throw new Error(`Blocks went on: ${before.join()} to ${after.join()}`);
}
