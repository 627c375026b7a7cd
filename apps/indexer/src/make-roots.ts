import { givenUpRoots } from "@genbo/database/outbox/anchor-refusals";
import { readingOfList } from "@genbo/database/record-dates/revise";
import { cursorOf } from "@genbo/database/register/cursor";
import type { StateOf } from "@genbo/database/register/read-position";
import { rootByEntries } from "@genbo/database/register/replay";
import {
  adoptRoot,
  correctRoot,
  type DueRoot,
  dueCloses,
  dueCorrections,
  dueLists,
  insertRoot,
  listsCoveredByOthers,
  republishRoot,
  rootsInBreaks,
} from "@genbo/database/register/roots";
import { rootOfState } from "@genbo/database/register/tree";
import type { Pool } from "@genbo/database/sql/connection";
import type { LeaderContext } from "./context.ts";
import { lookEverySecond } from "./look-every-second.ts";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";

/**
 * Makes the Merkle roots that are published on chain, beside the following of blocks: of each day that has closed by the
 * chain's clock, missed ones first, and of each frozen list. What it reads is past and does not change meanwhile.
 */
export function makeRoots(context: LeaderContext, signal: AbortSignal): Promise<void> {
  /** Those that could not be made: they have another turn once all others have had theirs. */
  const stuck = new Set<string>();
  const look = async () => {
    while (!signal.aborted && (await makeDueRoots(context, stuck)) > 0);
    stuck.clear();
    for (const covered of await listsCoveredByOthers(context.pool))
      await context.leadership.transaction((tx) => republishRoot(tx, covered));
    await reportRefused(context);
  };
  return lookEverySecond(context, signal, look, "the roots of a day were not made");
}

/** A root that the chain refused as often as may be is a break: people find out why, close it, and it is tried anew. */
async function reportRefused({ pool, leadership, log }: LeaderContext): Promise<void> {
  for (const { subject, ...root } of await givenUpRoots(pool)) {
    await leadership.transaction(async (tx) => {
      const { blockNumber, blockTime: at, registrySeq } = await cursorOf(tx);
      const found: FoundBreak = {
        issueId: null,
        kind: "ANCHOR_REFUSED",
        nextSeq: registrySeq + 1,
        detail: { subject, ...root, advice },
        // By itself: a root has an issue and a kind of its own.
        logged: { root },
        blockNumber,
        at,
      };
      await openBreaks(tx, log, [found]);
    });
  }
}

const advice = {
  en: "The chain refuses to keep this root. `code` says why: see that the trustee's signer still has its role and that nobody else anchors that day. Then two persons of compliance close the break, and it is tried again.",
  ja: "チェーンがこの根を受け付けない。理由は `code`。受託者の署名鍵の権限と、同じ日を他者がアンカーしていないことを確かめる。その後コンプライアンスの二人が不一致を閉じると、再び試みる。",
};

const nameOf = ({ issueId, kind, day, version }: DueRoot): string => [issueId, kind, day, version].join();

/**
 * @param stuck names of those that are passed over; one that cannot be made is among them afterwards
 * @returns how many were made
 */
export async function makeDueRoots(
  { pool, leadership, log }: Pick<LeaderContext, "pool" | "leadership" | "log">,
  stuck = new Set<string>(),
): Promise<number> {
  const isNext = (each: DueRoot) => !stuck.has(nameOf(each));
  let due = [...(await dueLists(pool)), ...(await dueCloses(pool))].filter(isNext);
  if (due.length === 0) due = (await dueCorrections(pool)).filter(isNext);
  for (const each of due) {
    stuck.add(nameOf(each));
    const root = await rootOfState(pool, await stateOf(pool, each));
    const stands = await leadership.transaction(async (tx) => {
      // The chain may hold this very root already, and the register have no row of it, or another.
      return each.anchored === root
        ? adoptRoot(tx, { ...each, version: each.version - 1 }, root)
        : insertRoot(tx, each, root);
    });
    stuck.delete(nameOf(each));
    log.debug("a root", { issueId: each.issueId, kind: each.kind, day: each.day, root, stands });
  }
  return due.length;
}

/**
 * Roots that differed when they were made again, and whose break two persons have closed: the right one takes the place
 * of one that was changed. Where it is the holdings that were changed, the root stands and the next look breaks again.
 */
export async function correctRoots(
  { pool, leadership, log }: Pick<LeaderContext, "pool" | "leadership" | "log">,
  breakIds: readonly string[],
): Promise<void> {
  for (const made of await rootsInBreaks(pool, breakIds)) {
    const { issueId, kind, day, version } = made;
    const root = await rootOfState(pool, await stateOf(pool, made));
    if (root === made.root) continue;
    const seq = Number(made.seq);
    const isAsEntered =
      (await rootOfState(pool, { issueId, seq })) === (await rootByEntries(pool, issueId, seq));
    log.warn("a root that was changed", { issueId, kind, day, version, was: made.root, root, isAsEntered });
    if (isAsEntered) await leadership.transaction((tx) => correctRoot(tx, made, root));
  }
}

/** A list's later versions know of corrections, so theirs is the state of no block. */
export function stateOf(pool: Pool, { issueId, seq, list }: DueRoot): Promise<StateOf> | StateOf {
  const state = { issueId, seq: Number(seq) };
  if (list === null || list.knownSeq === seq) return state;
  return readingOfList(pool, { ...state, knownSeq: Number(list.knownSeq), closesAt: list.closesAt });
}
