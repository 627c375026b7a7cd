import { followAhead } from "@genbo/chain/follower";
import type { ChainIdentity } from "@genbo/chain/identity";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { hasTransactions } from "@genbo/database/outbox/mined";
import {
  cursorOf,
  firstCursor,
  insertBlocks,
  readCursor,
  writeCursor,
} from "@genbo/database/register/cursor";
import { tryLead } from "@genbo/database/sql/leader";
import { databaseTrouble } from "@genbo/database/sql/unavailable";
import { pause } from "@genbo/domain/pause";
import type { IndexerContext, LeaderContext } from "./context.ts";
import { NotNext } from "./enter-lot.ts";
import { watchLanes } from "./lane-breaks.ts";
import { leadEveryMs, reorgCheckMs, retryMs } from "./limits.ts";
import { liveLots } from "./live-lots.ts";
import { makeRoots } from "./make-roots.ts";
import { reconcileAsAsked } from "./reconcile.ts";
import { handleReorg } from "./reorg.ts";

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
    await writeCursor(tx, firstCursor(last, genesisHash));
  });
}

/** Follows from the cursor until the signal, or a reorg. @returns false after a reorg that nobody has decided on */
async function follow(context: LeaderContext, signal: AbortSignal): Promise<boolean> {
  const cursor = await cursorOf(context.pool);
  const from = { number: cursor.blockNumber, hash: cursor.blockHash };
  const lots = liveLots(context, cursor);
  const { reader, news, confirm, local } = context;
  try {
    const options = { signal, news, confirm, final: !local };
    for await (const { followed, next } of followAhead(reader, from, options)) {
      if (followed.type === "reorg") return await handleReorg(context);
      await lots.enter(followed.blocks, followed.head, next);
    }
  } finally {
    await lots.end();
  }
  return true;
}
