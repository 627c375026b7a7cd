import { setTimeout as sleep } from "node:timers/promises";
import type { BlockReader, BlockRef, ChainBlock } from "./blocks.ts";

/** Blocks that follow the cursor, checked parent by parent; or that the cursor's block is no longer on the chain. */
export type Followed =
  | { type: "blocks"; blocks: ChainBlock[]; head: number }
  | { type: "reorg"; head: BlockRef };

/** How often the node is asked for its head. A block is seen at most this long after the node has it. */
export const pollMs = 25;
/** Blocks read in one request while catching up; empty ones are cheap, and a full block of receipts is some MB. */
export const blocksPerLotMax = 64;

export interface FollowOptions {
  signal: AbortSignal;
  blocksPerLot?: number;
}

/**
 * Follows the chain from a block that was processed: yields what comes after it, in order and without a gap, and
 * reads the next lot only once the last one was taken (back-pressure). Ends after a reorg or when aborted.
 * @throws NodeUnavailable when no node answers; following again from the last processed block loses nothing
 */
export async function* followBlocks(
  reader: BlockReader,
  from: BlockRef,
  { signal, blocksPerLot = blocksPerLotMax }: FollowOptions,
): AsyncGenerator<Followed> {
  let last = from;
  while (!signal.aborted) {
    const head = await reader.head();
    if (head.number < last.number || (head.number === last.number && head.hash !== last.hash)) {
      yield { type: "reorg", head };
      return;
    }
    if (head.number === last.number) {
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      continue;
    }
    const blocks = await reader.read(last.number + 1, Math.min(head.number, last.number + blocksPerLot));
    const broken = firstBreak(last, blocks);
    const sound = broken < 0 ? blocks : blocks.slice(0, broken);
    const end = sound.at(-1);
    if (end !== undefined) {
      last = { number: end.number, hash: end.hash };
      yield { type: "blocks", blocks: sound, head: head.number };
    }
    if (broken >= 0) {
      yield { type: "reorg", head };
      return;
    }
  }
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
