import { setTimeout as sleep } from "node:timers/promises";
import type { ChainBlock } from "@genbo/chain/blocks";
import { followBlocks } from "@genbo/chain/follower";
import type { ChainIdentity } from "@genbo/chain/identity";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { type DeploymentRow, readDeployment } from "@genbo/database/outbox/deployment";
import { hasTransactions } from "@genbo/database/outbox/mined";
import { nextClosings } from "@genbo/database/record-dates/freeze";
import { heldBack } from "@genbo/database/register/breaks-write";
import {
  insertBlocks,
  pruneEmptyBlocks,
  readCursor,
  type StoredCursor,
  writeCursor,
} from "@genbo/database/register/cursor";
import { tryLead } from "@genbo/database/sql/leader";
import { together } from "@genbo/database/sql/together";
import { databaseTrouble } from "@genbo/database/sql/unavailable";
import { zeroWord } from "@genbo/domain/words";
import { type Applied, applyLot } from "./apply-lot.ts";
import { readFacts } from "./chain-facts.ts";
import { createHeadChecks } from "./check-heads.ts";
import type { IndexerContext, LeaderContext } from "./context.ts";
import { NotNext, oursIn, type PreparedLot } from "./enter-lot.ts";
import { enterLots } from "./enter-lots.ts";
import { watchLanes } from "./lane-breaks.ts";
import { leadEveryMs, pruneEveryBlocks, reorgCheckMs, retryMs } from "./limits.ts";
import type { Lot } from "./lot.ts";
import { makeRoots } from "./make-roots.ts";
import { nextLot } from "./plan-lots.ts";
import { reconcileAsAsked } from "./reconcile.ts";
import { handleReorg } from "./reorg.ts";
import { resume } from "./resume.ts";
import { watchEntered } from "./watch.ts";

export interface Indexer {
  /** Rejects when the indexer cannot go on; resolves after `stop`. */
  done: Promise<void>;
  /** Whether this process writes the register now. */
  leads(): boolean;
  stop(): Promise<void>;
}

/** Waits for its turn to lead and then keeps the register at the head of the chain, until it stops or loses the lead. */
export function startIndexer(context: IndexerContext, databaseUrl: string, chain: ChainIdentity): Indexer {
  const stopping = new AbortController();
  let leads = false;
  const turn = async () => {
    const leadership = await tryLead(databaseUrl);
    if (leadership === undefined) return pause(leadEveryMs, stopping.signal);
    leads = true;
    context.metrics.leads(true);
    context.log.info("this indexer writes the register");
    try {
      const signal = AbortSignal.any([stopping.signal, leadership.lost]);
      await lead({ ...context, leadership }, chain, signal);
    } finally {
      leads = false;
      context.metrics.leads(false);
      await leadership.resign();
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        await turn();
      } catch (error) {
        const trouble = databaseTrouble(error);
        if (trouble === undefined) throw error;
        context.log.warn(trouble, { error: String(error) });
        await pause(retryMs, stopping.signal);
      }
    }
  };
  const done = loop();
  done.catch(() => undefined);
  return {
    done,
    leads: () => leads,
    stop: async () => {
      stopping.abort();
      await done.catch(() => undefined);
    },
  };
}

async function lead(context: LeaderContext, chain: ChainIdentity, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const beside = [reconcileAsAsked(context, until), makeRoots(context, until), watchLanes(context, until)];
  try {
    await followAll(context, chain, signal);
  } finally {
    ended.abort();
    await Promise.all(beside);
  }
}

async function followAll(context: LeaderContext, chain: ChainIdentity, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await beginCursor(context, chain);
      if (!(await follow(context, signal))) await pause(reorgCheckMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof NodeUnavailable) && !(error instanceof NotNext)) throw error;
      context.log.warn("following the chain again", { reason: error.message });
      await pause(retryMs, signal);
    }
  }
}

/**
 * The first cursor. The head of a chain that was there before us; but the worker starts with us and may have begun to
 * deploy: then the genesis. It stores before it sends, so what a block up to the head holds of ours is stored by now.
 */
async function beginCursor(
  { leadership, reader, pool }: LeaderContext,
  { genesisHash }: ChainIdentity,
): Promise<void> {
  if ((await readCursor(pool)) !== undefined) return;
  const head = await reader.head();
  const isOurs = await hasTransactions(pool);
  const blocks = await reader.read(0, 0);
  if (head.number > 0 && !isOurs) blocks.push(...(await reader.read(head.number, head.number)));
  const last = blocks.at(-1);
  if (last === undefined) throw new NodeUnavailable("the node has no block");
  await leadership.transaction(async (tx) => {
    await insertBlocks(tx, blocks);
    await writeCursor(tx, {
      blockNumber: last.number,
      blockHash: last.hash,
      blockTime: new Date(last.time * 1000),
      genesisHash,
      registrySeq: 0,
      registryHead: zeroWord,
    });
  });
}

/** Follows from the cursor until the signal, or a reorg. @returns false after a reorg that nobody has decided on */
async function follow(context: LeaderContext, signal: AbortSignal): Promise<boolean> {
  const cursor = (await readCursor(context.pool)) as StoredCursor;
  const from = { number: cursor.blockNumber, hash: cursor.blockHash };
  const lots = createLots(context, cursor);
  const { reader, news, confirm, local } = context;
  try {
    for await (const followed of followBlocks(reader, from, { signal, news, confirm, final: !local })) {
      if (followed.type === "reorg") return await handleReorg(context);
      await lots.enter(followed.blocks, followed.head);
    }
  } finally {
    await lots.end();
  }
  return true;
}

/** Enters blocks lot by lot, and keeps what need not be asked anew for each. */
function createLots(context: LeaderContext, cursor: StoredCursor) {
  const { pool, leadership, log, clock, reach } = context;
  const heads = createHeadChecks(context);
  let deployment: DeploymentRow | undefined;
  let prunedAt = 0;
  let beganMs = Date.now();
  /** Beside the look for the next block; what it finds is known before anything of that block enters. */
  let comparing: Promise<void> | undefined;
  const compared = async () => {
    const last = comparing;
    comparing = undefined;
    await last;
  };

  const ask = (blocks: readonly ChainBlock[]) =>
    together(heldBack(pool), nextClosings(pool), oursIn(pool, nextLot(blocks).blocks));
  /** About the blocks that come next: one wait for all that there is to ask. */
  let asked: Awaited<ReturnType<typeof ask>> | undefined;

  const plan = async (blocks: readonly ChainBlock[]): Promise<Lot> => {
    const [{ held }, closings] = asked ?? (await together(heldBack(pool), nextClosings(pool)));
    asked = undefined;
    // What waits to be taken in is not under quarantine any more, and still lacks entries.
    const lot = nextLot(blocks, closings, held);
    const facts = await readFacts(context, lot.blocks, deployment);
    reach("indexer.read");
    return { ...lot, facts, deployment, quarantined: held };
  };
  const write = async (prepared: PreparedLot, from: StoredCursor): Promise<Applied> => {
    const now = clock.now();
    const applied = await leadership.transaction(async (tx) => {
      const done = await applyLot(tx, prepared, from, { now, log });
      reach("indexer.applied");
      return done;
    });
    reach("indexer.committed");
    return applied;
  };
  const lots = enterLots(cursor, { db: pool, log, plan, write });

  const enter = async (blocks: readonly ChainBlock[], head: number) => {
    const seenMs = Date.now();
    beganMs = seenMs;
    await compared();
    deployment ??= await readDeployment(pool);
    asked = await ask(blocks);
    const due = asked[0].resumable;
    if (due.length > 0 && deployment !== undefined) {
      for (const each of due) await resume(context, each, deployment);
      lots.moved((await readCursor(pool)) as StoredCursor);
      asked = await ask(blocks);
    }
    for await (const { done, blocks: entered } of lots.enter(blocks, asked[2])) {
      await watchEntered(context, { ...done, entered: entered.length }, { head, seenMs, beganMs });
      beganMs = Date.now();
      const { blockNumber } = done.cursor;
      if (deployment !== undefined) {
        heads.note(done, deployment.registry);
        if (blockNumber === head) {
          comparing = heads.compare(done.cursor, deployment.registry);
          // Whoever waits for it hears of it.
          comparing.catch(() => undefined);
        }
      }
      if (blockNumber - prunedAt >= pruneEveryBlocks) {
        prunedAt = blockNumber;
        await leadership.transaction((tx) => pruneEmptyBlocks(tx, blockNumber));
      }
    }
  };
  return { enter, end: compared };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
