import { setTimeout as sleep } from "node:timers/promises";
import type { ChainIdentity } from "@genbo/chain/identity";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { compareRegisters, type TableDifference } from "@genbo/database/reconcile/rebuild-compare";
import { dropDueRoots, holdBack } from "@genbo/database/reconcile/rebuild-held";
import { liveCursor } from "@genbo/database/reconcile/rebuild-switch";
import {
  analyzeRebuilt,
  completeTables,
  type OwnFault,
  ownFaults,
} from "@genbo/database/reconcile/rebuild-tables";
import { cursorOf } from "@genbo/database/register/cursor";
import { type Pool, type Transaction, withTransaction } from "@genbo/database/sql/connection";
import { patiently } from "@genbo/database/sql/lock-briefly";
import type { Clock } from "@genbo/domain/clock";
import { type DifferingHead, headsThatDiffer } from "./head-figures.ts";
import {
  buildRoots,
  buildUntil,
  ChainMoved,
  openRebuild,
  otherBlock,
  type Progress,
  type RebuildContext,
} from "./rebuild.ts";

export interface ReindexContext extends RebuildContext {
  /** For long reads, with the same names as `pool`. */
  reads: Pool;
  chain: ChainIdentity;
  clock: Clock;
  /** Version of the code that rebuilds. */
  code: string;
  signal: AbortSignal;
  onStep(step: "resumed" | "begun" | "compares" | "waits" | "switches"): void;
  onProgress(progress: Progress): void;
}

/** The live register beside the chain, both read up to one block. */
export interface Comparison {
  block: number;
  hash: string;
  differences: TableDifference[];
  /** Issues (null: the registry) that a break holds: compared up to what had entered. */
  held: (string | null)[];
  /** Of them: where the chain has less than had entered. */
  short: (string | null)[];
  /** Where the chain itself does not fold, and this code's heads are not the contracts'. */
  faults: OwnFault[];
  heads: DifferingHead[];
  /** Lines for which no node answers. */
  unanswered: number;
}

const comparesMax = 100;
const nodeBehindMsMax = 15_000;

/** Rebuilds the register beside the live one up to its cursor, and compares them. Writes nothing of the live one. */
export async function rebuildAndCompare(context: ReindexContext, anew: boolean): Promise<Comparison> {
  const begin = (isAnew: boolean) =>
    patiently(() => openRebuild(context, { ...context, ...context.chain, anew: isAnew }));
  const resumed = await begin(anew);
  context.onStep(resumed ? "resumed" : "begun");
  try {
    return await compareAtCursor(context);
  } catch (error) {
    if (!resumed || !(error instanceof ChainMoved)) throw error;
    await begin(true);
    context.onStep("begun");
    return compareAtCursor(context);
  }
}

async function compareAtCursor(context: ReindexContext): Promise<Comparison> {
  await buildToLive(context);
  await completeTables(context.reads);
  await analyzeRebuilt(context.reads);
  context.onStep("compares");
  for (let tried = 0; tried < comparesMax; tried += 1) {
    await buildToLive(context);
    await buildRoots(context, context.signal);
    const found = await compareNow(context);
    if (found === undefined) continue;
    context.reach("reindex.compared");
    return { ...found, ...(await compareWithContracts(context, found.faults)) };
  }
  throw new Error(
    "The live register moves faster than it can be rebuilt: try again when there is less to enter.",
  );
}

export async function buildToLive(context: ReindexContext): Promise<void> {
  const live = await liveCursor(context.pool);
  if (live === undefined) throw new Error("There is no register yet: the indexer has read no block.");
  await nodesHave(context, live.number);
  await buildUntil(context, live.number, context.signal, context.onProgress);
}

/** The indexer may have the newest block from another node than the one that we ask. */
async function nodesHave({ reader, signal }: ReindexContext, block: number): Promise<void> {
  for (const until = Date.now() + nodeBehindMsMax; ; await sleep(100, undefined, { signal })) {
    const head = await reader.head();
    if (head.number >= block) return;
    if (Date.now() > until)
      throw new ChainMoved(
        `The nodes' chain ends at block ${head.number}, the register has read block ${block}.`,
      );
  }
}

class Undone extends Error {}

/** In one snapshot, and undone afterwards. @returns undefined when the live register has moved on meanwhile */
async function compareNow({ reads }: ReindexContext) {
  let found: Pick<Comparison, "block" | "hash" | "differences" | "held" | "short" | "faults"> | undefined;
  const act = async (tx: Transaction) => {
    const live = await liveCursor(tx);
    const built = await cursorOf(tx);
    if (live === undefined || live.number < built.blockNumber)
      throw new ChainMoved(`The register went back behind block ${built.blockNumber}, which was rebuilt.`);
    if (live.number > built.blockNumber) throw new Undone();
    if (live.hash !== built.blockHash) throw new ChainMoved(otherBlock(live.number));
    const { held, short } = await holdBack(tx);
    await dropDueRoots(tx);
    found = {
      block: live.number,
      hash: live.hash,
      differences: await compareRegisters(tx),
      held: [...held],
      short: [...short],
      faults: await ownFaults(tx),
    };
    throw new Undone();
  };
  await withTransaction(reads, act, "repeatable read").catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return found;
}

async function compareWithContracts(
  context: ReindexContext,
  faults: readonly OwnFault[],
): Promise<Pick<Comparison, "heads" | "unanswered">> {
  const deployment = await readDeployment(context.pool);
  if (deployment === undefined) return { heads: [], unanswered: 0 };
  const cursor = await cursorOf(context.pool);
  const { heads, unanswered } = await headsThatDiffer(context, cursor, deployment.registry);
  // Behind a fault the heads cannot be equal.
  const faulty = new Set(faults.map(({ issueId }) => issueId));
  return { heads: heads.filter(({ issueId }) => !faulty.has(issueId)), unanswered };
}

/** Why the rebuilt register may not take the live one's place; undefined when it may. */
export function whyNotSwitch({ faults, held, short, heads }: Comparison): string | undefined {
  const known = new Set(held);
  for (const issueId of short) known.delete(issueId);
  const fault = faults.find(({ issueId }) => !known.has(issueId));
  if (fault !== undefined)
    return `the chain as the nodes give it does not fold: ${nameOf(fault.issueId)}, block ${fault.block}, ${fault.kind}: ${fault.message}`;
  if (heads[0] !== undefined)
    return `the contract of ${nameOf(heads[0].issueId)} says ${JSON.stringify(heads[0].contractSays)}, the rebuilt register ${JSON.stringify(heads[0].registerSays)}: a node keeps something back`;
  return undefined;
}

export const nameOf = (issueId: string | null): string => issueId ?? "the holder registry";
