import { lanesWithoutBreak } from "@genbo/database/outbox/lane-breaks";
import { readCursor } from "@genbo/database/register/cursor";
import type { LeaderContext } from "./context.ts";
import { lookEverySecond } from "./look-every-second.ts";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";

/** Opens a break for each lane whose key somebody else uses. The lane stands meanwhile. */
export const watchLanes = (context: LeaderContext, signal: AbortSignal): Promise<void> =>
  lookEverySecond(context, signal, () => openLaneBreaks(context), "lanes were not looked at");

async function openLaneBreaks({ pool, leadership, log }: LeaderContext): Promise<void> {
  if ((await lanesWithoutBreak(pool)).length === 0) return;
  await leadership.transaction(async (tx) => {
    const cursor = await readCursor(tx);
    if (cursor === undefined) return;
    const at = { blockNumber: cursor.blockNumber, at: cursor.blockTime };
    const found = (await lanesWithoutBreak(tx)).map(
      (lane): FoundBreak => ({ issueId: null, kind: "NONCE_TAKEN", detail: { ...lane }, ...at }),
    );
    await openBreaks(tx, log, found);
  });
}
