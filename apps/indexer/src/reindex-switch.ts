import { setTimeout as sleep } from "node:timers/promises";
import { blocksPerLotMax } from "@genbo/chain/follower";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { holdBack } from "@genbo/database/reconcile/rebuild-held";
import { openTransactions, stopLive, switchTables } from "@genbo/database/reconcile/rebuild-switch";
import { dropSchema, hasSchema, oldSchema } from "@genbo/database/reconcile/rebuild-tables";
import { cursorOf } from "@genbo/database/register/cursor";
import type { Transaction } from "@genbo/database/sql/connection";
import { patiently, waitBriefly } from "@genbo/database/sql/lock-briefly";
import { buildRest, buildRoots, ChainMoved } from "./rebuild.ts";
import { buildToLive, type ReindexContext } from "./reindex.ts";
import { type Told, tellOfSwitch } from "./reindex-tell.ts";

const oldTransactionsMsMax = 300_000;

class TooFarBehind extends Error {}

/** Puts the rebuilt register in the live one's place. @returns how long readers may have waited */
export async function switchRegisters(
  context: ReindexContext,
  told: Told,
): Promise<{ block: number; waitedMs: number }> {
  await dropOld(context);
  context.onStep("waits");
  await olderEnded(context);
  context.onStep("switches");
  for (;;) {
    await buildToLive(context);
    await buildRoots(context, context.signal);
    try {
      const { block, began } = await patiently(() =>
        context.leadership.transaction((tx) => switchNow(context, tx, told)),
      );
      context.reach("reindex.switched");
      return { block, waitedMs: performance.now() - began };
    } catch (error) {
      if (!(error instanceof TooFarBehind) && !(error instanceof NodeUnavailable)) throw error;
    }
  }
}

async function switchNow(context: ReindexContext, tx: Transaction, told: Told) {
  const live = await stopLive(tx);
  const built = await cursorOf(tx);
  if (live === undefined || live.number < built.blockNumber)
    throw new ChainMoved(`The register went back behind block ${built.blockNumber}, which was rebuilt.`);
  if (live.number - built.blockNumber > blocksPerLotMax) throw new TooFarBehind();
  const cursor = await buildRest(context, tx, live);
  await holdBack(tx);
  const began = await switchTables(tx);
  context.reach("reindex.switching");
  await tellOfSwitch(tx, told, cursor, context.clock.now());
  return { block: cursor.blockNumber, began };
}

/**
 * A transaction that keeps its first snapshot (repeatable read) would see the new tables as they were then. Once those
 * have ended that began before the rebuild was done, none can see half of it.
 */
async function olderEnded({ reads, signal }: ReindexContext): Promise<void> {
  const older = new Set(await openTransactions(reads));
  for (const until = Date.now() + oldTransactionsMsMax; ; await sleep(50, undefined, { signal })) {
    const open = await openTransactions(reads);
    if (!open.some((id) => older.has(id))) return;
    if (Date.now() > until)
      throw new Error(
        "A transaction has been open in the database for five minutes. Try again when it has ended.",
      );
  }
}

/** Drops the register that an earlier switch replaced. @returns whether there was one */
export async function dropOld({
  leadership,
  pool,
}: Pick<ReindexContext, "leadership" | "pool">): Promise<boolean> {
  if (!(await hasSchema(pool, oldSchema))) return false;
  await patiently(() =>
    leadership.transaction(async (tx) => {
      await waitBriefly(tx);
      await dropSchema(tx, oldSchema);
    }),
  );
  return true;
}
