import { setTimeout as sleep } from "node:timers/promises";
import { catchingUp, openBreak } from "@genbo/database/breaks-write";
import type { Queryable } from "@genbo/database/connection";
import { readCursor } from "@genbo/database/cursor";
import { writeEvents } from "@genbo/database/events-write";
import { type ReconciledState, readReconciled } from "@genbo/database/reconcile-read";
import {
  addDaily,
  type Difference,
  finishReconciliation,
  issuesWithoutDaily,
  nextReconciliation,
} from "@genbo/database/reconciliations";
import { newId } from "@genbo/domain/ids";
import { jstDay, startOfDay } from "@genbo/domain/jst";
import type { LeaderContext } from "./context.ts";
import { breakNotice } from "./notices.ts";
import { compareWithChain, StateForgotten } from "./reconcile-chain.ts";

/** How often the indexer looks whether somebody has asked, or a day has begun. */
const lookEveryMs = 1_000;
/** A break names so many differences; their number says the rest. */
const differencesMax = 100;
const breakKind = "RECONCILIATION";

type Reconciler = Pick<LeaderContext, "pool" | "rpc" | "leadership" | "clock" | "log">;

/**
 * Compares registers with their contracts, one after the other, beside the following of blocks: when somebody asks,
 * and each issue once a day. It reads by itself and writes through the leadership, between the blocks.
 */
export async function reconcileAsAsked(context: Reconciler, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await addTodays(context);
      while (!signal.aborted && (await reconcileNext(context)));
    } catch (error) {
      if (signal.aborted) return;
      // What is left undone is found again: a request stays open until it is answered.
      context.log.warn("a reconciliation did not end", { reason: String(error) });
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function addTodays({ pool, leadership, clock }: Reconciler): Promise<void> {
  const now = clock.now();
  const issues = await issuesWithoutDaily(pool, startOfDay(jstDay(now)));
  if (issues.length === 0) return;
  const rows = issues.map((issueId) => ({ id: newId("rec", now), issueId }));
  await leadership.transaction((tx) => addDaily(tx, rows, now));
}

/** @returns whether one was waiting */
async function reconcileNext(context: Reconciler): Promise<boolean> {
  const { pool, rpc } = context;
  const due = await nextReconciliation(pool);
  if (due === undefined) return false;
  const wasBehind = await isBehind(pool, due.issueId);
  const state = await readReconciled(pool, due.issueId, due.comparedSeq);
  try {
    const differences = [...state.differences, ...(await compareWithChain(rpc, due.token, state))];
    await finish(context, due, state, differences, wasBehind);
  } catch (error) {
    if (!(error instanceof StateForgotten)) throw error;
    // The next turn compares a newer block, whose state the node has.
    context.log.info("the node has forgotten the block that was compared", { block: state.block });
    return false;
  }
  return true;
}

/** Another break holds the issue, or the registry behind it, or held it and what it missed has not entered yet. */
async function isBehind(db: Queryable, issueId: string): Promise<boolean> {
  const behind = await catchingUp(db);
  return behind.has(issueId) || behind.has(null);
}

async function finish(
  { leadership, clock, log }: Reconciler,
  { id, issueId }: { id: string; issueId: string },
  { seq, block, holdings }: ReconciledState,
  found: readonly Difference[],
  wasBehind: boolean,
): Promise<void> {
  const now = clock.now();
  const differences = found.slice(0, differencesMax);
  await leadership.transaction(async (tx) => {
    const cursor = await readCursor(tx);
    const isKnown = wasBehind || (await isBehind(tx, issueId));
    const breakId =
      found.length === 0 || isKnown || cursor === undefined ? null : newId("brk", cursor.blockTime);
    if (breakId !== null) {
      const at = cursor!.blockTime;
      const detail = { reconciliationId: id, count: found.length, differences };
      log.error("a break", { id: breakId, issueId, kind: breakKind, block, count: found.length });
      await openBreak(tx, {
        id: breakId,
        issueId,
        kind: breakKind,
        nextSeq: seq + 1,
        detail,
        blockNumber: block,
        at,
      });
      await writeEvents(tx, [breakNotice(breakId, issueId, breakKind, { blockNumber: block, at })]);
    }
    await finishReconciliation(tx, id, {
      at: now,
      seq,
      block,
      holdings: holdings.length,
      differences,
      breakId,
    });
  });
}
