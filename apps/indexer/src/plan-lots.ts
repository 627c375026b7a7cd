import { type ChainBlock, logsIn } from "@genbo/chain/blocks";
import type { Closing } from "@genbo/database/record-dates/freeze";
import { logsPerLotMax } from "./limits.ts";

export interface Planned {
  blocks: ChainBlock[];
  /** Whether something closes before the first of them. */
  closes: boolean;
}

/**
 * The first blocks of `blocks` that enter in one SQL transaction: as many as fit, at least one, and none at or after a
 * closing unless it is the first, because lists of a record date are frozen before the entries of that block.
 * @param held issues whose lists wait
 */
export function nextLot(
  blocks: readonly ChainBlock[],
  closings: readonly Closing[] = [],
  held: ReadonlySet<string | null> = new Set(),
): Planned {
  const closing = closings.find(({ issueId }) => !held.has(issueId))?.due;
  const isDue = (block: ChainBlock) => closing !== undefined && block.time * 1000 >= closing.getTime();
  const lot: ChainBlock[] = [];
  let logs = 0;
  for (const block of blocks) {
    logs += logsIn(block);
    if (lot.length > 0 && (isDue(block) || logs > logsPerLotMax)) break;
    lot.push(block);
  }
  return { blocks: lot, closes: lot.slice(0, 1).some(isDue) };
}
