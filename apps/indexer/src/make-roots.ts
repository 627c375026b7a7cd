import { setTimeout as sleep } from "node:timers/promises";
import { quarantined } from "@genbo/database/breaks-write";
import type { Pool } from "@genbo/database/connection";
import { readingOfList } from "@genbo/database/record-dates-revise";
import type { StateOf } from "@genbo/database/register-read-position";
import {
  type DueRoot,
  dueCloses,
  dueCorrections,
  dueLists,
  insertRoot,
} from "@genbo/database/register-roots";
import { rootOfState } from "@genbo/database/register-tree";
import type { LeaderContext } from "./context.ts";

/** How often the indexer looks whether a day has closed or a list was frozen. */
const lookEveryMs = 1_000;

/**
 * Makes the Merkle roots that are published on chain, beside the following of blocks: of each day that has closed by the
 * chain's clock, missed ones first, and of each frozen list. What it reads is past and does not change meanwhile.
 */
export async function makeRoots(context: LeaderContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await makeDueRoots(context)) > 0);
    } catch (error) {
      if (signal.aborted) return;
      // What is left undone is found again.
      context.log.warn("the roots of a day were not made", { reason: String(error) });
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns how many were made */
export async function makeDueRoots({
  pool,
  leadership,
  log,
}: Pick<LeaderContext, "pool" | "leadership" | "log">): Promise<number> {
  const held = [...(await quarantined(pool))].filter((id) => id !== null);
  let due = [...(await dueLists(pool)), ...(await dueCloses(pool, held))];
  if (due.length === 0) due = await dueCorrections(pool, held);
  for (const each of due) {
    const root = await rootOfState(pool, await stateOf(pool, each));
    const stands = await leadership.transaction(async (tx) => {
      // The chain may hold this very root already, and the register have no row of it.
      const held =
        each.anchored === root && (await insertRoot(tx, { ...each, version: each.version - 1 }, root));
      return held || insertRoot(tx, each, root);
    });
    log.debug("a root", { issueId: each.issueId, kind: each.kind, day: each.day, root, stands });
  }
  return due.length;
}

/** A list's later versions know of corrections, so theirs is the state of no block. */
export function stateOf(pool: Pool, { issueId, seq, list }: DueRoot): Promise<StateOf> | StateOf {
  const state = { issueId, seq: Number(seq) };
  if (list === null || list.knownSeq === seq) return state;
  return readingOfList(pool, { ...state, knownSeq: Number(list.knownSeq), closesAt: list.closesAt });
}
