import { pause } from "@genbo/domain/pause";
import { type BlockReader, type BlockRef, type ChainBlock, logsIn } from "./blocks.ts";
import type { NewHeads } from "./new-heads.ts";
import { oneAhead } from "./one-ahead.ts";

/** Blocks that follow the cursor, checked parent by parent; or that the cursor's block is no longer on the chain. */
export type Followed =
  | { type: "blocks"; blocks: ChainBlock[]; head: number }
  | { type: "reorg"; head: BlockRef };

/** How often the node is asked for its head. A block is seen at most this long after the node has it. */
export const pollMs = 25;
/** Blocks read in one request while catching up, as long as they are not full. */
export const blocksPerLotMax = 64;
/** Logs that one request should bring at the most: some 12 MB, so that memory does not grow with the size of blocks. */
export const logsPerReadMax = 7_500;

/** A block that a second node does not have yet is asked for again after this time, and so often before the head is. */
const confirmEveryMs = 25;
const confirmTries = 20;

export interface FollowOptions {
  signal: AbortSignal;
  blocksPerLot?: number;
  /** Says when it is worth while to look before the time. */
  news?: NewHeads;
  /** Whether enough nodes have a block for it to be taken; every block is when left out. */
  confirm?: (block: BlockRef) => Promise<boolean>;
  /**
   * A block of this chain is never taken back: a node whose head is lower is behind, and only one that has another block
   * in the place of ours has left the chain. Elsewhere a lower head means that the chain went back.
   */
  final?: boolean;
  /** The last block that is wanted: following ends with it. */
  until?: number;
}

/**
 * Follows the chain from a block that was processed: yields what comes after it, in order and without a gap, and
 * reads the next lot only once the last one was taken (back-pressure). Ends after a reorg or when aborted.
 * @throws NodeUnavailable when no node answers; following again from the last processed block loses nothing
 */
export async function* followBlocks(
  reader: BlockReader,
  from: BlockRef,
  options: FollowOptions,
): AsyncGenerator<Followed> {
  const {
    signal,
    news,
    blocksPerLot = blocksPerLotMax,
    confirm = async () => true,
    final = false,
    until = Number.POSITIVE_INFINITY,
  } = options;
  let last = from;
  let length = 1;
  while (!signal.aborted && last.number < until) {
    const head = await reader.head();
    const isBehind = final && head.number < last.number;
    if (!isBehind && leaves(head, last)) {
      yield { type: "reorg", head };
      return;
    }
    if (head.number <= last.number) {
      await (news?.wait(pollMs, signal) ?? pause(pollMs, signal));
      continue;
    }
    const to = Math.min(head.number, last.number + length, until);
    // The second node may have the head by the time that it is read.
    const confirming = to === head.number ? confirm(head) : undefined;
    const [blocks, isConfirmed = false] = await Promise.all([reader.read(last.number + 1, to), confirming]);
    length = nextLength(blocks, blocksPerLot);
    const broken = firstBreak(last, blocks);
    const following = broken < 0 ? blocks : blocks.slice(0, broken);
    const isWhole = isConfirmed && following.at(-1)?.hash === head.hash;
    const sound = isWhole ? following : await confirmedOf(following, confirm, signal);
    const end = sound.at(-1);
    if (end !== undefined) {
      last = { number: end.number, hash: end.hash };
      yield { type: "blocks", blocks: sound, head: head.number };
    } else if (blocks.length === 0) {
      await pause(confirmEveryMs, signal);
    }
    if (broken >= 0 && sound.length === broken) {
      yield { type: "reorg", head };
      return;
    }
  }
}

/** Follows, and reads one lot more while the one before is worked on. Whoever leaves ends the reading. */
export async function* followAhead(
  reader: BlockReader,
  from: BlockRef,
  options: FollowOptions,
): AsyncGenerator<{ followed: Followed; next(): ChainBlock[] | undefined }> {
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  try {
    for await (const { value, next } of oneAhead(followBlocks(reader, from, { ...options, signal })))
      yield { followed: value, next: () => blocksIn(next()) };
  } finally {
    ended.abort();
  }
}

const blocksIn = (followed: Followed | undefined): ChainBlock[] | undefined =>
  followed?.type === "blocks" ? followed.blocks : undefined;

/** Twice as many blocks as came, as long as they would not bring too much if they are as full. */
function nextLength(came: readonly ChainBlock[], max: number): number {
  const logs = came.reduce((sum, block) => sum + logsIn(block), 0);
  return Math.max(
    1,
    Math.min(max, came.length * 2, Math.floor((came.length * logsPerReadMax) / Math.max(logs, 1))),
  );
}

const leaves = (head: BlockRef, last: BlockRef): boolean =>
  head.number < last.number || (head.number === last.number && head.hash !== last.hash);

/** The longest of a few beginnings whose last block is confirmed: each block names the hash of the one before it. */
async function confirmedOf(
  blocks: readonly ChainBlock[],
  confirm: (block: BlockRef) => Promise<boolean>,
  signal: AbortSignal,
): Promise<ChainBlock[]> {
  const lengths = new Set([blocks.length, blocks.length - 1, blocks.length >> 1, 1]);
  // To read them again costs a busy node more than the question whether another one has them.
  for (let tries = 0; blocks.length > 0 && tries < confirmTries && !signal.aborted; tries += 1) {
    for (const length of lengths) {
      const end = blocks[length - 1];
      if (end !== undefined && (await confirm({ number: end.number, hash: end.hash }))) {
        return blocks.slice(0, length);
      }
    }
    await pause(confirmEveryMs, signal);
  }
  return [];
}

/** Index of the first block that does not stand on the one before it; -1 when all do. */
function firstBreak(from: BlockRef, blocks: readonly ChainBlock[]): number {
  let last = from;
  return blocks.findIndex((block) => {
    const follows = block.parentHash === last.hash && block.number === last.number + 1;
    last = block;
    return !follows;
  });
}
