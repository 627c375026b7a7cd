import type { AnchorRow } from "@genbo/database/register/anchors";
import { instantOf } from "@genbo/domain/instant-of";
import { isoOfDay } from "@genbo/domain/jst";
import type { Log } from "@genbo/domain/log";
import { zeroWord } from "@genbo/domain/words";
import type { PlacedEvent } from "./lot-logs.ts";

/**
 * The roots that RegisterAnchor's logs publish. What cannot be read holds nothing up, since no holding hangs on it; it is
 * logged as an error, and the root stays without its place on chain.
 */
export function anchorsOf(logs: readonly PlacedEvent[], log: Log): AnchorRow[] {
  return logs.flatMap((placed): AnchorRow[] => {
    const { block, transaction, log: line } = placed;
    if ("undecodable" in placed) {
      log.error("an anchor cannot be read", { tx: transaction.hash, reason: placed.undecodable });
      return [];
    }
    if (placed.event.type !== "anchored") return [];
    const { subject, kind, day, root, supersedes } = placed.event;
    return [
      {
        subject,
        kind,
        root,
        day: isoOfDay(day),
        supersedes: supersedes === zeroWord ? null : supersedes,
        txHash: transaction.hash,
        logIndex: line.index,
        blockNumber: block.number,
        blockHash: block.hash,
        blockTime: instantOf(block.time),
      },
    ];
  });
}
