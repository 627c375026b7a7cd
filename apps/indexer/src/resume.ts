import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import { eventTeller } from "@genbo/database/outbox/events-write";
import { markResumed, type Resumable } from "@genbo/database/register/breaks-write";
import { cursorOf, readCursor, writeCursor } from "@genbo/database/register/cursor";
import { lastLineBlock } from "@genbo/database/register/heads";
import { tokenOf } from "@genbo/database/register/write-subjects";
import type { Transaction } from "@genbo/database/sql/connection";
import type { Log } from "@genbo/domain/log";
import { writeLot } from "./apply-lot.ts";
import { readFacts } from "./chain-facts.ts";
import type { LeaderContext } from "./context.ts";
import { oursIn, prepareLot } from "./enter-lot.ts";
import { createFoldMemory } from "./fold-memory.ts";
import { resumeStep } from "./limits.ts";
import type { Lot } from "./lot.ts";
import { correctRoots } from "./make-roots.ts";

/**
 * Takes in what an issue (or the registry) missed whose breaks were all closed. A cause that persists breaks again.
 * Reads the blocks again up to the cursor, for that one contract: from the first break, or from the last line that entered
 * where what came between is missing too. A quiet issue's last line may be a year ago, and nothing else enters meanwhile.
 */
export async function resume(
  context: LeaderContext,
  due: Resumable,
  deployment: DeploymentRow,
): Promise<void> {
  const { pool, reader, leadership, clock, log } = context;
  const { issueId, breakIds } = due;
  const only = issueId === null ? deployment.registry : await tokenOf(pool, issueId);
  const end = await readCursor(pool);
  if (only === undefined || end === undefined) return;
  const fromBlock = await firstBlock(context, due);
  log.info("a quarantine ends", { issueId, fromBlock, toBlock: end.blockNumber });
  for (let from = fromBlock, broke = false; from <= end.blockNumber && !broke; from += resumeStep) {
    const to = Math.min(end.blockNumber, from + resumeStep - 1);
    const blocks = await reader.read(from, to);
    if (blocks.at(-1)?.number !== to) throw new NodeUnavailable(`the node does not have block ${to}`);
    const facts = await readFacts(context, blocks, deployment);
    broke = await leadership.transaction((tx) =>
      enterMissed(tx, { blocks, facts, deployment, only }, { now: clock.now(), log }),
    );
  }
  await correctRoots(context, breakIds);
  await leadership.transaction((tx) => markResumed(tx, breakIds, clock.now()));
}

/** A local chain may have gone back meanwhile, so that what was held comes before its break. */
async function firstBlock({ pool, local }: LeaderContext, due: Resumable): Promise<number> {
  const looksBack = due.lacksEarlier || local;
  return looksBack ? Math.min(due.fromBlock, await lastLineBlock(pool, due.issueId)) : due.fromBlock;
}

/** @returns whether a break was opened again */
async function enterMissed(
  tx: Transaction,
  part: Pick<Lot, "blocks" | "facts" | "deployment" | "only">,
  context: { now: Date; log: Log },
): Promise<boolean> {
  const cursor = await cursorOf(tx, true);
  const registry = { seq: cursor.registrySeq, head: cursor.registryHead };
  const lot = { ...part, quarantined: new Set<string>(), closes: false };
  const ours = await oursIn(tx, lot.blocks);
  const prepared = await prepareLot(tx, lot, registry, ours, createFoldMemory(), context.log);
  const { folded } = await writeLot(tx, prepared, eventTeller(tx), context);
  await writeCursor(tx, { ...cursor, registrySeq: folded.registry.seq, registryHead: folded.registry.head });
  return folded.faults.length > 0;
}
