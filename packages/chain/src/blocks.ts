import type { ChainLog } from "./events.ts";
import { quantity, readQuantity } from "./hex.ts";
import { latestBlock } from "./latest-block.ts";
import { type Rpc, type RpcCall, resultOf } from "./rpc.ts";
import { methodNotFound, NodeRefused, NodeUnavailable } from "./rpc-errors.ts";

export interface BlockRef {
  number: number;
  hash: string;
}

export interface ChainTransaction {
  hash: string;
  index: number;
  from: string;
  succeeded: boolean;
  logs: ChainLog[];
}

export interface ChainBlock extends BlockRef {
  parentHash: string;
  /** Unix seconds. Block time is legal time. */
  time: number;
  transactions: ChainTransaction[];
}

export const logsIn = ({ transactions }: ChainBlock): number =>
  transactions.reduce((sum, { logs }) => sum + logs.length, 0);

interface WireBlock {
  number: string;
  hash: string;
  parentHash: string;
  timestamp: string;
  transactions: string[];
}
interface WireLog {
  address: string;
  topics: string[];
  data: string;
  logIndex: string;
}
interface WireReceipt {
  transactionHash: string;
  transactionIndex: string;
  blockHash: string;
  from: string;
  status: string;
  logs: WireLog[];
}

/** Reads blocks with their receipts from a node. */
export interface BlockReader {
  head(): Promise<BlockRef>;
  /** The hashes at these heights; undefined above the head. */
  hashesAt(numbers: readonly number[]): Promise<(string | undefined)[]>;
  /** Whether the chain has this very block: one that went back has another of its number, or none. */
  has(block: BlockRef): Promise<boolean>;
  /** Blocks `from`..`to` in order, cut short at the node's head. @throws NodeUnavailable when the chain moved meanwhile */
  read(from: number, to: number): Promise<ChainBlock[]>;
}

export function createBlockReader(rpc: Rpc): BlockReader {
  // GoQuorum's geth has no eth_getBlockReceipts: its receipts come one a transaction, in one request.
  let byBlock = true;
  /** The head as it was last seen: whoever asked for it reads that block next. */
  let latest: { number: number; block: WireBlock } | undefined;

  const receiptsOf = async (blocks: readonly WireBlock[]): Promise<WireReceipt[][]> => {
    const full = blocks.filter((block) => block.transactions.length > 0);
    if (full.length === 0) return [];
    if (byBlock) {
      const outcomes = await rpc.batch(full.map((block) => call("eth_getBlockReceipts", block.number)));
      const refused = outcomes.find(
        (each) => "error" in each && each.error instanceof NodeRefused && each.error.code === methodNotFound,
      );
      if (refused === undefined) return outcomes.map(resultOf<WireReceipt[]>);
      byBlock = false;
    }
    const calls = full.flatMap((block) =>
      block.transactions.map((hash) => call("eth_getTransactionReceipt", hash)),
    );
    const receipts = await rpc.all<WireReceipt>(calls);
    let end = 0;
    return full.map((block) => {
      const start = end;
      end += block.transactions.length;
      return receipts.slice(start, end);
    });
  };

  const headersOf = (from: number, to: number): Promise<(WireBlock | null)[]> => {
    if (from === to && from === latest?.number) return Promise.resolve([latest.block]);
    return blocksAt(Array.from({ length: to - from + 1 }, (_, index) => from + index));
  };
  const blocksAt = (numbers: readonly number[]) =>
    rpc.all<WireBlock | null>(numbers.map((number) => call("eth_getBlockByNumber", quantity(number), false)));
  const hashesAt: BlockReader["hashesAt"] = async (numbers) =>
    (await blocksAt(numbers)).map((block) => block?.hash.toLowerCase());

  return {
    head: async () => {
      const block = await latestBlock<WireBlock>(rpc);
      const ref = refOf(block);
      latest = { number: ref.number, block };
      return ref;
    },
    hashesAt,
    has: async ({ number, hash }) => (await hashesAt([number]))[0] === hash,
    read: async (from, to) => {
      const found = await headersOf(from, to);
      latest = undefined;
      const end = found.indexOf(null);
      const blocks = (end < 0 ? found : found.slice(0, end)) as WireBlock[];
      const receipts = await receiptsOf(blocks);
      let at = 0;
      return blocks.map((block) => toBlock(block, block.transactions.length > 0 ? receipts[at++] : []));
    },
  };
}

const call = (method: string, ...params: readonly unknown[]): RpcCall => ({ method, params });

const refOf = (block: WireBlock): BlockRef => ({
  number: readQuantity(block.number),
  hash: block.hash.toLowerCase(),
});

function toBlock(block: WireBlock, receipts: readonly WireReceipt[] | null | undefined): ChainBlock {
  const ref = refOf(block);
  if (!matches(ref, block, receipts))
    throw new NodeUnavailable(`block ${ref.number} changed while it was read`);
  return {
    ...ref,
    parentHash: block.parentHash.toLowerCase(),
    time: readQuantity(block.timestamp),
    transactions: receipts.map(toTransaction).sort((a, b) => a.index - b.index),
  };
}

/** Header and receipts come by two requests: between them the node may have moved to another branch. */
function matches(
  ref: BlockRef,
  block: WireBlock,
  receipts: readonly (WireReceipt | null)[] | null | undefined,
): receipts is WireReceipt[] {
  if (receipts?.length !== block.transactions.length) return false;
  // A receipt that comes twice would hide another one.
  const own = new Set(block.transactions.map((hash) => hash.toLowerCase()));
  return receipts.every(
    (receipt) =>
      receipt?.blockHash.toLowerCase() === ref.hash && own.delete(receipt.transactionHash.toLowerCase()),
  );
}

function toTransaction(receipt: WireReceipt): ChainTransaction {
  return {
    hash: receipt.transactionHash.toLowerCase(),
    index: readQuantity(receipt.transactionIndex),
    from: receipt.from.toLowerCase(),
    succeeded: receipt.status === "0x1",
    logs: receipt.logs.map((log) => ({
      address: log.address.toLowerCase(),
      topics: log.topics,
      data: log.data,
      index: readQuantity(log.logIndex),
    })),
  };
}
