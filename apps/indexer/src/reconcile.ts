import { type ReconciledState, readReconciled } from "@genbo/database/reconcile/reconcile-read";
import {
  addDaily,
  type Difference,
  finishReconciliation,
  issuesWithoutDaily,
  nextOpened,
  nextReconciliation,
  type OpenedReconciliation,
  stillStands,
  type WaitingReconciliation,
  writeCompared,
} from "@genbo/database/reconcile/reconciliations";
import { catchingUp } from "@genbo/database/register/breaks-write";
import { readCursor } from "@genbo/database/register/cursor";
import type { Queryable, Transaction } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { jstDay, startOfDay } from "@genbo/domain/jst";
import { adviceFor } from "@genbo/domain/reconciliation";
import type { LeaderContext } from "./context.ts";
import { lookEverySecond } from "./look-every-second.ts";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";
import { compareWithChain, StateForgotten } from "./reconcile-chain.ts";
import { rootsThatDiffer } from "./reconcile-roots.ts";

/** A break names so many differences; their number says the rest. */
const differencesMax = 100;

type Reconciler = Pick<LeaderContext, "pool" | "rpc" | "leadership" | "clock" | "log">;

/**
 * Compares registers with their contracts, one after the other, beside the following of blocks: when somebody asks,
 * and each issue once a day. It reads by itself and writes through the leadership, between the blocks. A comparison ends
 * once the api has opened the particulars of the holders (apps/api/src/register/open-particulars.ts); a difference with the chain
 * is a break before that.
 */
export function reconcileAsAsked(context: Reconciler, signal: AbortSignal): Promise<void> {
  /** Those that did not end: they have another turn once all others have had theirs. */
  const stuck = new Set<string>();
  const look = async () => {
    await addTodays(context);
    while (!signal.aborted && (await reconcileNext(context, stuck)));
    stuck.clear();
  };
  // A request stays open until it is answered.
  return lookEverySecond(context, signal, look, "a reconciliation did not end");
}

async function addTodays({ pool, leadership, clock }: Reconciler): Promise<void> {
  const now = clock.now();
  const issues = await issuesWithoutDaily(pool, startOfDay(jstDay(now)));
  if (issues.length === 0) return;
  const rows = issues.map((issueId) => ({ id: newId("rec", now), issueId }));
  await leadership.transaction((tx) => addDaily(tx, rows, now));
}

/** @returns whether one was waiting */
async function reconcileNext(context: Reconciler, stuck: Set<string>): Promise<boolean> {
  const opened = await nextOpened(context.pool, [...stuck]);
  const due = opened ?? (await nextReconciliation(context.pool, [...stuck]));
  if (due === undefined) return false;
  stuck.add(due.id);
  const ended = "particulars" in due ? await finish(context, due) : await compare(context, due);
  if (ended) stuck.delete(due.id);
  return true;
}

/** @returns whether it was compared; otherwise its next turn does it, at a newer block */
async function compare(context: Reconciler, due: WaitingReconciliation): Promise<boolean> {
  const { pool, rpc, log } = context;
  const { issueId, comparedSeq } = due;
  const wasBehind = await isBehind(pool, issueId);
  const state = await readReconciled(pool, issueId, comparedSeq);
  try {
    const found = [
      ...state.differences,
      ...(await compareWithChain(rpc, due, state)),
      ...(await rootsThatDiffer(pool, issueId, { after: comparedSeq, turn: due.id })),
    ];
    return await write(context, due, state, found, wasBehind);
  } catch (error) {
    if (!(error instanceof StateForgotten)) throw error;
    log.info("the compared block cannot be asked any more", { block: state.block, reason: error.message });
    return false;
  }
}

/** Another break holds the issue, or the registry behind it, or held it and what it missed has not entered yet. */
async function isBehind(db: Queryable, issueId: string): Promise<boolean> {
  const behind = await catchingUp(db);
  return behind.has(issueId) || behind.has(null);
}

const write = (
  { leadership, clock, log }: Reconciler,
  { id, issueId }: WaitingReconciliation,
  state: ReconciledState,
  found: readonly Difference[],
  wasBehind: boolean,
): Promise<boolean> =>
  leadership.transaction(async (tx) => {
    if (!(await stillStands(tx, issueId, state))) return false;
    const at = { id, issueId, seq: state.seq, block: state.block };
    const breakId = wasBehind ? null : await breakFor(tx, log, at, found);
    await writeCompared(tx, id, {
      at: clock.now(),
      seq: state.seq,
      block: state.block,
      hash: state.hash,
      holdings: state.holdings.length,
      differences: found.slice(0, differencesMax),
      breakId,
    });
    return true;
  });

/** Both parts are known: what the particulars differ in is a break of its own, unless the issue is held already. */
const finish = ({ leadership, clock, log }: Reconciler, opened: OpenedReconciliation): Promise<boolean> =>
  leadership.transaction(async (tx) => {
    const { differences: found } = opened.particulars;
    const breakId = opened.breakId ?? (await breakFor(tx, log, opened, found));
    const differences = [...opened.differences, ...found].slice(0, differencesMax);
    await finishReconciliation(tx, opened.id, { at: clock.now(), differences, breakId });
    return true;
  });

/** Opens a break for what was found, unless the issue is held already. @returns its id */
async function breakFor(
  tx: Transaction,
  log: Reconciler["log"],
  { id, issueId, seq, block }: { id: string; issueId: string; seq: number; block: number },
  found: readonly Difference[],
): Promise<string | null> {
  const cursor = await readCursor(tx);
  if (found.length === 0 || cursor === undefined || (await isBehind(tx, issueId))) return null;
  const detail = {
    reconciliationId: id,
    count: found.length,
    differences: found.slice(0, differencesMax),
    advice: adviceFor(found.map(({ what }) => what)),
  };
  const made: FoundBreak = {
    issueId,
    kind: "RECONCILIATION",
    nextSeq: seq + 1,
    detail,
    logged: { count: found.length },
    blockNumber: block,
    at: cursor.blockTime,
  };
  const [breakId = null] = await openBreaks(tx, log, [made]);
  return breakId;
}
