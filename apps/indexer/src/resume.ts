import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { type Resumable, resumable } from "@genbo/database/breaks-write";
import { readCursor, writeCursor } from "@genbo/database/cursor";
import type { DeploymentRow } from "@genbo/database/deployment";
import { type NewEvent, writeEvents } from "@genbo/database/events-write";
import { tokenOf } from "@genbo/database/register-write-subjects";
import { writeLot } from "./apply-lot.ts";
import { readFacts } from "./chain-facts.ts";
import type { LeaderContext } from "./context.ts";
import { resumeStep } from "./limits.ts";

/** Takes in what issues (and the registry) missed whose breaks were all closed. A cause that persists breaks again. */
export async function resumeAll(
  context: LeaderContext,
  deployment: DeploymentRow | undefined,
): Promise<void> {
  if (deployment === undefined) return;
  for (const each of await resumable(context.pool)) await resume(context, each, deployment);
}

/** Reads the blocks again from the break to the cursor, for that one contract. */
async function resume(
  context: LeaderContext,
  { issueId, fromBlock }: Resumable,
  deployment: DeploymentRow,
): Promise<void> {
  const only = issueId === null ? deployment.registry : await tokenOf(context.pool, issueId);
  const end = await readCursor(context.pool);
  if (only === undefined || end === undefined) return;
  context.log.info("a quarantine ends", { issueId, fromBlock, toBlock: end.blockNumber });
  for (let from = fromBlock; from <= end.blockNumber; from += resumeStep) {
    const to = Math.min(end.blockNumber, from + resumeStep - 1);
    const blocks = await context.reader.read(from, to);
    if (blocks.at(-1)?.number !== to) throw new NodeUnavailable(`the node does not have block ${to}`);
    const facts = await readFacts(context, blocks, deployment);
    const broke = await context.leadership.transaction(async (tx) => {
      const cursor = await readCursor(tx, true);
      if (cursor === undefined) return true;
      const events: NewEvent[] = [];
      const lot = { blocks, facts, deployment, quarantined: new Set<string | null>(), only };
      const registry = { seq: cursor.registrySeq, head: cursor.registryHead };
      const folded = await writeLot(tx, lot, registry, events, {
        now: context.clock.now(),
        log: context.log,
      });
      await writeEvents(tx, events);
      await writeCursor(tx, {
        ...cursor,
        registrySeq: folded.registry.seq,
        registryHead: folded.registry.head,
      });
      return folded.faults.length > 0;
    });
    if (broke) return;
  }
}
