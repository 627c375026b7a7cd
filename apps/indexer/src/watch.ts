import { tracedOperations } from "@genbo/database/outbox/outbox";
import { refusalOf } from "@genbo/domain/refusals";
import type { Applied } from "./apply-lot.ts";
import type { IndexerContext } from "./context.ts";

/** Counts what entered, and ends the traces of what came with it. */
export async function watchEntered(
  { metrics, traces, pool, log }: IndexerContext,
  { folded, mined, outcomes, ended, cursor, entered }: Applied & { entered: number },
  { seenMs, beganMs }: { seenMs: number; beganMs: number },
): Promise<void> {
  const nowMs = Date.now();
  metrics.entered({
    blocks: entered,
    block: cursor.blockNumber,
    entries: folded.issues.reduce((sum, { lines }) => sum + lines.length, 0),
    transactions: mined,
    outcomes: outcomes.map(({ state, code }) => ({ state, code: code === 0 ? "" : refusalOf(code).code })),
    lagMs: nowMs - seenMs,
    foldMs: nowMs - beganMs,
  });
  if (!traces.on || ended.length === 0) return;
  const states = new Map(ended.map(({ id, state }) => [id, state]));
  try {
    for (const { id, traceparent } of await tracedOperations(pool, [...states.keys()])) {
      const attributes = { operationId: id, state: states.get(id) ?? "", block: cursor.blockNumber };
      traces.begin("enter", traceparent, beganMs).end(attributes, nowMs);
    }
  } catch (error) {
    log.debug("entries were not traced", { error });
  }
}
