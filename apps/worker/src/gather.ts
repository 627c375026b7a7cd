import { isBatchCall } from "@genbo/chain/calls";
import { batchRowsMax } from "@genbo/chain/gas";
import { isLegalCall } from "@genbo/chain/legal-calls";
import type { Command } from "@genbo/database/outbox";

/**
 * Picks from queued commands, in their order, those that go into one transaction: the first one and all that are of
 * its call and target, as many as fit.
 * - Per account the order is kept: once a command that touches an account or ref was passed over, no later one of the
 *   same is taken.
 * - Nothing goes before a legal act that waits: it stands alone in its transaction and may touch any account.
 * - No two commands of one ref: the indexer tells them apart by it.
 */
export function gather(queued: readonly Command[]): Command[] {
  const [first] = queued;
  if (first === undefined) return [];
  if (!isBatchCall(first.call)) return [first];
  const most = batchRowsMax(first.call);
  const taken: Command[] = [];
  const refs = new Set<string>();
  const passedOver = new Set<string>();
  for (const command of queued) {
    if (taken.length === most || isLegalCall(command.call)) break;
    const keys = keysOf(command);
    const fits = command.call === first.call && command.target === first.target && !refs.has(command.ref);
    if (fits && !keys.some((key) => passedOver.has(key))) {
      taken.push(command);
      refs.add(command.ref);
    } else {
      for (const key of keys) passedOver.add(key);
    }
  }
  return taken;
}

/** What a command touches. A wallet's record counts as touching its holdings in every issue. */
function keysOf({ ref, args }: Command): string[] {
  return [ref, args.account, args.from, args.to, args.wallet].filter((key) => typeof key === "string");
}
