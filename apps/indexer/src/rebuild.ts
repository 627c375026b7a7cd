import type { ChainBlock } from "@genbo/chain/blocks";
import { followBlocks } from "@genbo/chain/follower";
import type { Rpc } from "@genbo/chain/rpc";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { quarantined } from "@genbo/database/breaks-write";
import type { Queryable, Transaction } from "@genbo/database/connection";
import { type Cursor, insertBlocks, pruneEmptyBlocks, readCursor, writeCursor } from "@genbo/database/cursor";
import { type DeploymentRow, readDeployment } from "@genbo/database/deployment";
import { addIssues, beginRebuild, rebuiltBy } from "@genbo/database/rebuild-tables";
import { nextClosing } from "@genbo/database/record-dates-freeze";
import { zeroWord } from "@genbo/domain/words";
import { readCodes } from "./chain-facts.ts";
import type { LeaderContext } from "./context.ts";
import { advanceRegister, enterLot } from "./enter-lot.ts";
import type { FoldedLot } from "./fold-lot.ts";
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
    await writeCursor(tx, {
      blockNumber: 0,
      blockHash: genesis.hash,
      blockTime: new Date(genesis.time * 1000),
      genesisHash,
      registrySeq: 0,
      registryHead: zeroWord,
    });
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
  const { pool, reader, confirm, local } = context;
  const cursor = (await readCursor(pool)) as Cursor;
  const deployment = await readDeployment(pool);
  const from = { number: cursor.blockNumber, hash: cursor.blockHash };
  const options = { signal, confirm, final: !local, until };
  let prunedAt = from.number;
  for await (const followed of followBlocks(reader, from, options)) {
    if (followed.type === "reorg")
      throw new ChainMoved("The chain went back behind what was rebuilt: begin anew with --anew.");
    for (let rest = followed.blocks; rest.length > 0; ) {
      const { folded, cursor: at, blocks } = await buildNext(context, rest, deployment);
      rest = rest.slice(blocks);
      onProgress({
        ...{ block: at.blockNumber, until },
        entries: folded.issues.reduce((sum, { rows }) => sum + rows.length, 0),
        records: folded.registry.rows.length,
      });
      if (at.blockNumber - prunedAt < pruneEveryBlocks) continue;
      prunedAt = at.blockNumber;
      await context.leadership.transaction((tx) => pruneEmptyBlocks(tx, prunedAt));
    }
  }
  signal.throwIfAborted();
}

/** Makes the roots of all days that have closed and lists that were frozen. */
export async function buildRoots(context: RebuildContext, signal: AbortSignal): Promise<void> {
  while ((await makeDueRoots(context)) > 0) signal.throwIfAborted();
}

async function buildNext(
  context: RebuildContext,
  blocks: readonly ChainBlock[],
  deployment: DeploymentRow | undefined,
): Promise<{ folded: FoldedLot; cursor: Cursor; blocks: number }> {
  const { leadership, log, reach } = context;
  const lot = await planLot(context.pool, context.rpc, blocks, deployment);
  const built = await leadership.transaction((tx) => buildLot(tx, lot, log));
  reach("reindex.built");
  return { ...built, blocks: lot.blocks.length };
}

async function planLot(
  db: Queryable,
  rpc: Rpc,
  blocks: readonly ChainBlock[],
  deployment: DeploymentRow | undefined,
): Promise<Lot> {
  const held = await quarantined(db);
  const closing = await nextClosing(
    db,
    [...held].filter((id) => id !== null),
  );
  const lot = nextLot(blocks, closing);
  // Why a transaction of ours failed is told to its operation, and no part of the register.
  const facts = { codeHashes: await readCodes({ rpc }, lot, deployment), revertCodes: new Map() };
  return { blocks: lot, facts, deployment, quarantined: held };
}

/** As the indexer enters a lot, without what it tells others: the ends of operations, and events. */
function buildLot(
  tx: Transaction,
  lot: Lot,
  log: RebuildContext["log"],
): Promise<{ folded: FoldedLot; cursor: Cursor }> {
  return advanceRegister(tx, lot, async (registry, events) => {
    await addIssues(tx);
    return enterLot(tx, lot, registry, events, log);
  });
}

/** Takes the new register on by the few blocks up to where the live one stands still, in the transaction that switches. */
export async function buildRest(
  { reader, rpc, log }: RebuildContext,
  tx: Transaction,
  live: { number: number; hash: string },
): Promise<Cursor> {
  let cursor = (await readCursor(tx)) as Cursor;
  const deployment = await readDeployment(tx);
  const missing = live.number - cursor.blockNumber;
  let rest = missing > 0 ? await reader.read(cursor.blockNumber + 1, live.number) : [];
  if (rest.length < missing) throw new NodeUnavailable(`the node does not have block ${live.number}`);
  while (rest.length > 0) {
    const lot = await planLot(tx, rpc, rest, deployment);
    ({ cursor } = await buildLot(tx, lot, log));
    rest = rest.slice(lot.blocks.length);
  }
  if (cursor.blockHash !== live.hash) throw new ChainMoved(otherBlock(live.number));
  return cursor;
}

export const otherBlock = (block: number): string =>
  `The register has another block ${block} than the chain. Let the indexer follow the chain first, and decide on its break where it has opened one.`;
