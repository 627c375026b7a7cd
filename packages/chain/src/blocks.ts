import type { ChainLog } from "./events.ts";
import { hashOfHeader, type WireHeader } from "./header-hash.ts";
import { quantity, readQuantity } from "./hex.ts";
import { latestBlock } from "./latest-block.ts";
import { type BoundReceipt, receiptsRootOf } from "./receipts-root.ts";
import type { Rpc, RpcCall } from "./rpc.ts";
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

interface WireBlock extends WireHeader {
  hash: string;
  transactions: string[];
}
interface WireLog {
  address: string;
  topics: string[];
  data: string;
  logIndex: string;
}
interface WireReceipt extends BoundReceipt {
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
      try {
        const calls = full.map((block) => call("eth_getBlockReceipts", block.number));
        return await rpc.all<WireReceipt[]>(calls, (lists) => mustBeBound(full, lists));
      } catch (error) {
        if (!(error instanceof NodeRefused && error.code === methodNotFound)) throw error;
        byBlock = false;
      }
    }
    const calls = full.flatMap((block) =>
      block.transactions.map((hash) => call("eth_getTransactionReceipt", hash)),
    );
    const listsOf = (receipts: readonly WireReceipt[]) => {
      let end = 0;
      return full.map((block) => {
        const start = end;
        end += block.transactions.length;
        return receipts.slice(start, end);
      });
    };
    return listsOf(await rpc.all<WireReceipt>(calls, (receipts) => mustBeBound(full, listsOf(receipts))));
  };

  const headersOf = (from: number, to: number): Promise<(WireBlock | null)[]> => {
    if (from === to && from === latest?.number) return Promise.resolve([latest.block]);
    return blocksAt(Array.from({ length: to - from + 1 }, (_, index) => from + index));
  };
  const blocksAt = (numbers: readonly number[]) =>
    rpc.all<WireBlock | null>(
      numbers.map((number) => call("eth_getBlockByNumber", quantity(number), false)),
      mustBeHashed,
    );
  const hashesAt: BlockReader["hashesAt"] = async (numbers) =>
    (await blocksAt(numbers)).map((block) => block?.hash.toLowerCase());

  return {
    head: async () => {
      const block = await latestBlock<WireBlock>(rpc, mustBeHashed);
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

/** A header's hash binds all that is read of its block: a node that gives another time or root is told by it. */
function mustBeHashed(blocks: readonly (WireBlock | null)[]): void {
  for (const block of blocks) {
    if (block === null || hashOfHeader(block) === block.hash.toLowerCase()) continue;
    throw new Error(`the header that it gives for block ${readQuantity(block.number)} has another hash`);
  }
}

/** Receipts that name the block are those that its header binds, in their order, and no log is missing from the count. */
function mustBeBound(
  blocks: readonly WireBlock[],
  lists: readonly (readonly (WireReceipt | null)[] | null)[],
): void {
  for (const [at, block] of blocks.entries()) {
    const receipts = lists[at];
    if (!matches(refOf(block), block, receipts)) continue;
    const inOrder = receipts.toSorted(
      (a, b) => readQuantity(a.transactionIndex) - readQuantity(b.transactionIndex),
    );
    const isBound =
      receiptsRootOf(inOrder) === block.receiptsRoot.toLowerCase() &&
      inOrder.every(
        ({ transactionHash }, place) =>
          transactionHash.toLowerCase() === block.transactions[place]!.toLowerCase(),
      ) &&
      inOrder.flatMap(({ logs }) => logs).every(({ logIndex }, place) => readQuantity(logIndex) === place);
    if (!isBound) throw new Error(`its receipts of block ${readQuantity(block.number)} are not the header's`);
  }
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
