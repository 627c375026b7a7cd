import { isDeepStrictEqual } from "node:util";
import type { ChainBlock } from "@genbo/chain/blocks";
import { type DeploymentRow, readDeployment } from "@genbo/database/outbox/deployment";
import { nextClosings } from "@genbo/database/record-dates/freeze";
import { heldBack } from "@genbo/database/register/breaks-write";
import { cursorOf, pruneEmptyBlocks, type StoredCursor } from "@genbo/database/register/cursor";
import type { Queryable } from "@genbo/database/sql/connection";
import { together } from "@genbo/database/sql/together";
import { type Applied, applyLot } from "./apply-lot.ts";
import { readFacts } from "./chain-facts.ts";
import { createHeadChecks } from "./check-heads.ts";
import type { LeaderContext } from "./context.ts";
import { oursIn, type PreparedLot } from "./enter-lot.ts";
import { enterLots } from "./enter-lots.ts";
import { pruneEveryBlocks } from "./limits.ts";
import type { Lot } from "./lot.ts";
import { nextLot } from "./plan-lots.ts";
import { resume } from "./resume.ts";
import { watchEntered } from "./watch.ts";

/** Enters blocks as they come, lot by lot, and keeps what need not be asked anew for each. */
export function liveLots(context: LeaderContext, cursor: StoredCursor) {
  const { pool, leadership, log, clock, reach } = context;
  /** Beside the look for the next block; what they find is known before anything of that block enters. */
  const heads = createHeadChecks(context);
  let deployment: DeploymentRow | undefined;
  let prunedAt = 0;
  /** What the newest lot was planned to hold back. */
  let heldBefore: ReadonlySet<string | null> = new Set();

  const plan = async (blocks: readonly ChainBlock[], asked?: Asked): Promise<Lot> => {
    const [{ held }, closings] = asked?.standing ?? (await askStanding(pool));
    // What waits to be taken in is not under quarantine any more, and still lacks entries.
    const lot = nextLot(blocks, closings, held);
    heldBefore = held;
    const facts = await readFacts(context, lot.blocks, deployment);
    reach("indexer.read");
    return { ...lot, facts, deployment, quarantined: held };
  };
  const write = async (prepared: PreparedLot, from: StoredCursor): Promise<Applied> => {
    const now = clock.now();
    const applied = await leadership.transaction(async (tx) => {
      const done = await applyLot(tx, prepared, from, { now, log });
      reach("indexer.applied");
      return done;
    });
    reach("indexer.committed");
    return applied;
  };
  const lots = enterLots(cursor, { db: pool, log, plan, write });

  /** Takes in what may be, before anything else enters. */
  const ready = async (blocks: readonly ChainBlock[]): Promise<Asked> => {
    await heads.compared();
    deployment ??= await readDeployment(pool);
    const asked = await ask(pool, blocks);
    const { resumable, held } = asked.standing[0];
    if (resumable.length === 0 || deployment === undefined) {
      // A lot that was folded ahead would still enter what has been broken since.
      if (!isDeepStrictEqual(held, heldBefore)) await startAnew();
      return asked;
    }
    for (const each of resumable) await resume(context, each, deployment);
    await startAnew();
    return ask(pool, blocks);
  };
  const startAnew = async () => lots.moved(await cursorOf(pool));
  /** @param next the blocks that will be entered after these, once they are known */
  const enter = async (blocks: readonly ChainBlock[], head: number, next: () => ChainBlock[] | undefined) => {
    const seenMs = Date.now();
    let beganMs = seenMs;
    const asked = await ready(blocks);
    for await (const { done, blocks: entered } of lots.enter(blocks, { asked, next })) {
      await watchEntered(context, { ...done, entered: entered.length }, { seenMs, beganMs });
      beganMs = Date.now();
      const { blockNumber } = done.cursor;
      if (deployment !== undefined) {
        heads.note(done, deployment.registry);
        if (blockNumber === head) heads.compare(done.cursor, deployment.registry);
      }
      if (blockNumber - prunedAt >= pruneEveryBlocks) {
        prunedAt = blockNumber;
        await leadership.transaction((tx) => pruneEmptyBlocks(tx, blockNumber));
      }
    }
  };
  return { enter, end: heads.compared };
}

const askStanding = (db: Queryable) => together(heldBack(db), nextClosings(db));

/** About the blocks that come next: one wait for all that there is to ask. */
async function ask(db: Queryable, blocks: readonly ChainBlock[]) {
  const [standing, ours] = await together(askStanding(db), oursIn(db, nextLot(blocks).blocks));
  return { standing, ours };
}
type Asked = Awaited<ReturnType<typeof ask>>;
