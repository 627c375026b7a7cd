import { isBatchCall } from "@genbo/chain/calls";
import { batchRowsMax } from "@genbo/chain/gas";
import { isIssueCall } from "@genbo/chain/issue-calls";
import { isLegalCall } from "@genbo/chain/legal-calls";
import type { Command } from "@genbo/database/outbox/outbox";
import { keysOf } from "./touches.ts";

/**
 * Picks from queued commands of one contract those that go into one transaction: the first one that may go and all
 * that are of its call, as many as fit, in the order in which they came.
 * - Once a command that touches an account or ref was passed over, no later one of the same is taken.
 * - Nothing goes before a legal act that waits here, nor before what changes the issue as a whole: both stand alone in
 *   their transaction and may touch any account.
 * - No two commands of one ref: the indexer tells them apart by it.
 * @param passedOver accounts and refs of what has to go first; grows
 */
export function gather(queued: readonly Command[], passedOver: Set<string> = new Set()): Command[] {
  const taken: Command[] = [];
  const refs = new Set<string>();
  let most = 1;
  for (const command of queued) {
    const [first] = taken;
    if (
      first !== undefined &&
      (taken.length === most || isLegalCall(command.call) || isIssueCall(command.call))
    )
      break;
    const keys = keysOf(command);
    const fits =
      first === undefined ||
      (command.call === first.call && command.target === first.target && !refs.has(command.ref));
    if (fits && !keys.some((key) => passedOver.has(key))) {
      if (first === undefined && isBatchCall(command.call)) most = batchRowsMax(command.call);
      taken.push(command);
      refs.add(command.ref);
    } else {
      for (const key of keys) passedOver.add(key);
    }
  }
  return taken.sort(byId);
}

/** Whether a batch has as many rows as its call takes. */
export function isFull(batch: readonly Command[]): boolean {
  const [first] = batch;
  return first !== undefined && isBatchCall(first.call) && batch.length === batchRowsMax(first.call);
}

/** A batch without commands that must wait, and without those behind them of the same account. */
export function without(batch: readonly Command[], waits: ReadonlySet<bigint>): Command[] {
  const passedOver = new Set<string>();
  return batch.filter((command) => {
    const keys = keysOf(command);
    if (!waits.has(command.id) && !keys.some((key) => passedOver.has(key))) return true;
    for (const key of keys) passedOver.add(key);
    return false;
  });
}

const byId = (a: Command, b: Command): number => (a.id < b.id ? -1 : 1);
