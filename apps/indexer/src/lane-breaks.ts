import { setTimeout as sleep } from "node:timers/promises";
import { writeEvents } from "@genbo/database/outbox/events-write";
import { lanesWithoutBreak, nonceTakenKind } from "@genbo/database/outbox/lane-breaks";
import { openBreak } from "@genbo/database/register/breaks-write";
import { readCursor } from "@genbo/database/register/cursor";
import { newId } from "@genbo/domain/ids";
import type { LeaderContext } from "./context.ts";
import { breakNotice } from "./notices.ts";

/** How often the indexer looks whether the worker has stopped a lane: people decide about it, so seconds do not matter. */
const lookEveryMs = 1_000;

/** Opens a break for each lane whose key somebody else uses, beside the following of blocks. */
export async function watchLanes(context: LeaderContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await openLaneBreaks(context);
    } catch (error) {
      if (signal.aborted) return;
      // The lane stands meanwhile, and is found again.
      context.log.warn("lanes were not looked at", { reason: String(error) });
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function openLaneBreaks({ pool, leadership, log }: LeaderContext): Promise<void> {
  if ((await lanesWithoutBreak(pool)).length === 0) return;
  await leadership.transaction(async (tx) => {
    const cursor = await readCursor(tx);
    if (cursor === undefined) return;
    const { blockNumber, blockTime: at } = cursor;
    for (const detail of await lanesWithoutBreak(tx)) {
      const id = newId("brk", at);
      log.error("a break", { id, kind: nonceTakenKind, block: blockNumber, ...detail });
      await openBreak(tx, {
        id,
        issueId: null,
        kind: nonceTakenKind,
        detail: { ...detail },
        blockNumber,
        at,
      });
      await writeEvents(tx, [breakNotice(id, null, nonceTakenKind, { blockNumber, at })]);
    }
  });
}
