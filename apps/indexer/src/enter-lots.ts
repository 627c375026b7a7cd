import type { ChainBlock } from "@genbo/chain/blocks";
import type { StoredCursor } from "@genbo/database/register/cursor";
import type { Queryable } from "@genbo/database/sql/connection";
import { together } from "@genbo/database/sql/together";
import type { Log } from "@genbo/domain/log";
import { oursIn, type PreparedLot, prepareLot } from "./enter-lot.ts";
import { createFoldMemory, isFull } from "./fold-memory.ts";
import type { Lot } from "./lot.ts";
import type { Ours } from "./origins.ts";
import { nextLot } from "./plan-lots.ts";

/** How lots are planned and written: by the indexer, by a rebuild, by a bench. */
export interface LotWork<Done extends { cursor: StoredCursor }, Asked extends { ours: Ours }> {
  /** For the reads of the fold; sees what is committed. */
  db: Queryable;
  log: Log;
  /** The first of these blocks, as one lot. @param asked what was asked about it already */
  plan(blocks: readonly ChainBlock[], asked?: Asked): Promise<Lot>;
  /** Writes a lot in one transaction. @param from the cursor that it was folded for */
  write(prepared: PreparedLot, from: StoredCursor): Promise<Done>;
}

/**
 * Enters blocks lot by lot from `cursor` on, and folds the next lot while PostgreSQL writes the one before. What was
 * folded ahead lives in memory alone: after a lot that could not be written this must not be used any more.
 */
export function enterLots<Done extends { cursor: StoredCursor }, Asked extends { ours: Ours }>(
  cursor: StoredCursor,
  work: LotWork<Done, Asked>,
) {
  let at = cursor;
  let memory = createFoldMemory();
  /** The first lot of the blocks that come next, folded while the last lot before them was written. */
  let begun: { blocks: readonly ChainBlock[]; lot: Promise<PreparedLot> } | undefined;
  const prepare = async (
    blocks: readonly ChainBlock[],
    line: { seq: number; head: string },
    asked?: Asked,
  ) => {
    const own = memory;
    // Of all that the lot may have: what ends it before is not known until it is planned.
    const [lot, ours] = await together(
      work.plan(blocks, asked),
      asked?.ours ?? oursIn(work.db, nextLot(blocks).blocks),
    );
    return prepareLot(work.db, lot, line, ours, own, work.log);
  };

  return {
    /** To where somebody else has taken the register on, and knows of. */
    moved: (to: StoredCursor): void => {
      at = to;
      memory = createFoldMemory();
      begun = undefined;
    },
    /**
     * @param asked about the first lot of them, where it was asked for already
     * @param next the blocks that will be entered after these, once they are known
     */
    enter: async function* (
      blocks: readonly ChainBlock[],
      {
        asked,
        next = () => undefined,
      }: { asked?: Asked; next?: () => readonly ChainBlock[] | undefined } = {},
    ): AsyncGenerator<{ done: Done; blocks: readonly ChainBlock[] }> {
      // It was folded for blocks that do not come.
      if (begun !== undefined && begun.blocks !== blocks) memory = createFoldMemory();
      let ahead = begun?.blocks === blocks ? begun.lot : undefined;
      begun = undefined;
      let rest = blocks;
      while (rest.length > 0) {
        const prepared = await (ahead ??
          prepare(rest, { seq: at.registrySeq, head: at.registryHead }, rest === blocks ? asked : undefined));
        rest = rest.slice(prepared.lot.blocks.length);
        const writing = work.write(prepared, at);
        const following = rest.length > 0 ? rest : (next() ?? []);
        ahead =
          following.length > 0 && !isFull(memory) && mayRunAhead(prepared)
            ? prepare(following, prepared.folded.registry)
            : undefined;
        // It is awaited when the one before is written, or nobody wants it any more.
        ahead?.catch(() => undefined);
        if (rest.length === 0 && ahead !== undefined) begun = { blocks: following, lot: ahead };
        const done = await writing;
        at = done.cursor;
        if (ahead === undefined && isFull(memory)) memory = createFoldMemory();
        yield { done, blocks: prepared.lot.blocks };
      }
    },
  };
}

/** Whether what the next lot is to be read from the database does not wait for this one: its state is in memory. */
const mayRunAhead = ({ lot, folded }: PreparedLot): boolean =>
  folded.faults.length === 0 && folded.activated.length === 0 && !lot.closes;
