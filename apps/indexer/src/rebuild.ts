import type { ChainBlock } from "@genbo/chain/blocks";
import { followAhead } from "@genbo/chain/follower";
import type { Rpc } from "@genbo/chain/rpc";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { type DeploymentRow, readDeployment } from "@genbo/database/outbox/deployment";
import { addIssues, beginRebuild, rebuiltBy } from "@genbo/database/reconcile/rebuild-tables";
import { nextClosings } from "@genbo/database/record-dates/freeze";
import { quarantined } from "@genbo/database/register/breaks-write";
import {
  type Cursor,
  cursorOf,
  firstCursor,
  insertBlocks,
  pruneEmptyBlocks,
  type StoredCursor,
  writeCursor,
} from "@genbo/database/register/cursor";
import type { Queryable, Transaction } from "@genbo/database/sql/connection";
import { together } from "@genbo/database/sql/together";
import { readCodes } from "./chain-facts.ts";
import type { LeaderContext } from "./context.ts";
import { advanceRegister, enterLot, oursIn, type PreparedLot, prepareLot } from "./enter-lot.ts";
import { enterLots } from "./enter-lots.ts";
import type { FoldedLot } from "./fold-lot.ts";
import { createFoldMemory } from "./fold-memory.ts";
import { pruneEveryBlocks } from "./limits.ts";
import type { Lot } from "./lot.ts";
import { makeDueRoots } from "./make-roots.ts";
import { nextLot } from "./plan-lots.ts";

/** Bare table names of `pool` and `leadership` mean the new register's; the leadership is of rebuilding. */
export type RebuildContext = Pick<
  LeaderContext,
  "pool" | "leadership" | "rpc" | "reader" | "confirm" | "local" | "log" | "reach"
>;

/** The chain is not the one that the register has followed, or has moved under the rebuild. */
export class ChainMoved extends Error {
  override readonly name = "ChainMoved";
}

export interface Progress {
  block: number;
  /** The block that is aimed at. */
  until: number;
  /** What the last blocks brought. */
  entries: number;
  records: number;
}

/**
 * Opens the register that is built beside the live one: at the block where this code was interrupted, else empty at
 * block 0. @returns whether something was there to go on from
 */
export async function openRebuild(
  { pool, leadership, reader }: RebuildContext,
  { code, genesisHash, anew }: { code: string; genesisHash: string; anew: boolean },
): Promise<boolean> {
  if (!anew && (await rebuiltBy(pool)) === code) return true;
  const [genesis] = await reader.read(0, 0);
  if (genesis === undefined) throw new NodeUnavailable("the node has no block");
  await leadership.transaction(async (tx) => {
    await beginRebuild(tx, code);
    await insertBlocks(tx, [genesis]);
    await writeCursor(tx, firstCursor(genesis, genesisHash));
  });
  return false;
}

/** Folds blocks into the new register up to `until`. @throws ChainMoved */
export async function buildUntil(
  context: RebuildContext,
  until: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<void> {
  const { pool, rpc, leadership, reader, confirm, local, log, reach } = context;
  const cursor = await cursorOf(pool);
  const deployment = await readDeployment(pool);
  const from = { number: cursor.blockNumber, hash: cursor.blockHash };
  const options = { signal, confirm, final: !local, until };
  let prunedAt = from.number;
  const lots = enterLots(cursor, {
    db: pool,
    log,
    plan: async (blocks) => {
      const lot = await planLot(pool, rpc, blocks, deployment);
      if (lot.facts.codeHashes.size > 0) await leadership.transaction(addIssues);
      return lot;
    },
    write: async (prepared, from) => {
      const built = await leadership.transaction(async (tx) => {
        const [, done] = await together(addIssues(tx), buildLot(tx, prepared, from, log));
        return done;
      });
      reach("reindex.built");
      return built;
    },
  });
  for await (const { followed, next } of followAhead(reader, from, options)) {
    if (followed.type === "reorg")
      throw new ChainMoved("The chain went back behind what was rebuilt: begin anew with --anew.");
    for await (const { done } of lots.enter(followed.blocks, { next })) {
      const { folded, cursor: at } = done;
      onProgress({
        block: at.blockNumber,
        until,
        entries: folded.issues.reduce((sum, { lines }) => sum + lines.length, 0),
        records: folded.registry.rows.length,
      });
      if (at.blockNumber - prunedAt < pruneEveryBlocks) continue;
      prunedAt = at.blockNumber;
      await leadership.transaction((tx) => pruneEmptyBlocks(tx, prunedAt));
    }
  }
  signal.throwIfAborted();
}

/** Makes the roots of all days that have closed and lists that were frozen. */
export async function buildRoots(context: RebuildContext, signal: AbortSignal): Promise<void> {
  while ((await makeDueRoots(context)) > 0) signal.throwIfAborted();
}

async function planLot(
  db: Queryable,
  rpc: Rpc,
  blocks: readonly ChainBlock[],
  deployment: DeploymentRow | undefined,
): Promise<Lot> {
  const [held, closings] = await together(quarantined(db), nextClosings(db));
  const lot = nextLot(blocks, closings, held);
  // Why a transaction of ours failed is told to its operation, and no part of the register.
  const facts = { codeHashes: await readCodes({ rpc }, lot.blocks, deployment), revertCodes: new Map() };
  return { ...lot, facts, deployment, quarantined: held };
}

/** As the indexer writes a lot, without what it tells others: the ends of operations, and events. */
async function buildLot(
  tx: Transaction,
  prepared: PreparedLot,
  from: StoredCursor,
  log: RebuildContext["log"],
): Promise<{ folded: FoldedLot; cursor: StoredCursor }> {
  const tellNobody = async () => undefined;
  const { cursor } = await advanceRegister(tx, prepared, from, tellNobody, async () =>
    enterLot(tx, prepared, tellNobody, log),
  );
  return { folded: prepared.folded, cursor };
}

/** Takes the new register on by the few blocks up to where the live one stands still, in the transaction that switches. */
export async function buildRest(
  { reader, rpc, log }: RebuildContext,
  tx: Transaction,
  live: { number: number; hash: string },
): Promise<Cursor> {
  let cursor = await cursorOf(tx);
  const deployment = await readDeployment(tx);
  const missing = live.number - cursor.blockNumber;
  let rest = missing > 0 ? await reader.read(cursor.blockNumber + 1, live.number) : [];
  if (rest.length < missing) throw new NodeUnavailable(`the node does not have block ${live.number}`);
  while (rest.length > 0) {
    const lot = await planLot(tx, rpc, rest, deployment);
    await addIssues(tx);
    const line = { seq: cursor.registrySeq, head: cursor.registryHead };
    const ours = await oursIn(tx, lot.blocks);
    const prepared = await prepareLot(tx, lot, line, ours, createFoldMemory(), log);
    ({ cursor } = await buildLot(tx, prepared, cursor, log));
    rest = rest.slice(lot.blocks.length);
  }
  if (cursor.blockHash !== live.hash) throw new ChainMoved(otherBlock(live.number));
  return cursor;
}

export const otherBlock = (block: number): string =>
  `The register has another block ${block} than the chain. Let the indexer follow the chain first, and decide on its break where it has opened one.`;
