import type { ChainBlock } from "@genbo/chain/blocks";
import { logsPerLotMax } from "./limits.ts";

const logsOf = (block: ChainBlock): number =>
  block.transactions.reduce((sum, { logs }) => sum + logs.length, 0);

/**
 * The first blocks of `blocks` that enter in one SQL transaction: as many as fit, at least one, and none at or after
 * `closing` unless it is the first, because lists of a record date are frozen before the entries of that block.
 */
export function nextLot(blocks: readonly ChainBlock[], closing: Date | undefined): ChainBlock[] {
  const lot: ChainBlock[] = [];
  let logs = 0;
  for (const block of blocks) {
    const closes = closing !== undefined && block.time * 1000 >= closing.getTime();
    logs += logsOf(block);
    if (lot.length > 0 && (closes || logs > logsPerLotMax)) break;
    lot.push(block);
  }
  return lot;
}
