import { setTimeout as sleep } from "node:timers/promises";
import { createBlockReader } from "@genbo/chain/blocks";
import { createRpc } from "@genbo/chain/rpc";
import { enteredChannel } from "@genbo/database/register/cursor";
import { listen } from "@genbo/database/sql/listen";
import type { BenchContext } from "./context.ts";
import { type Figure, percentiles } from "./figure.ts";
import {
  blockToRegisterP99Ms,
  halfLoadBlocks,
  loneAfterBlockMs,
  loneBeyondBlockMs,
  transfersPerS,
} from "./goals.ts";
import { watchHeads } from "./heads.ts";
import { load } from "./http-load.ts";
import { orderSource } from "./orders.ts";
import { perSecond, untilEntered } from "./phase.ts";
import type { Platform } from "./platform.ts";

/** Half of what the platform has to carry: single transfers a second meanwhile, unless it was measured to carry less. */
const loadPerSMax = transfersPerS / 2;
const loadMs = 8_000;
const connections = 16;
/** Transfers sent one by one, each a while after the one before is entered. */
const loneTransfersSent = 20;
/** The local chain's and the consortium's block period. */
const blockMs = 1_000;

/**
 * Block → register: from when a node's subscriber hears of a block until PostgreSQL says that it is entered, for blocks
 * with entries, under half load and for lone transfers on an idle platform.
 * Ceiling: a bare follower of such blocks that reads each with its receipts and commits one notification.
 */
export async function latency(context: BenchContext): Promise<Figure[]> {
  const platform = await context.platform();
  const { single } = context.phases;
  const perS = Math.min(loadPerSMax, single === undefined ? loadPerSMax : perSecond(single) / 2);
  const lone = await loneTransfers(platform);
  const busyFrom = platform.stack.clock.now();
  const busy = await withEntered(platform, (entered) => underLoad(platform, perS, entered));
  const wholeWay = await wholeWayMs(platform, busyFrom);
  const bare = await withBareFollower(platform, (followed) => underLoad(platform, perS, followed));
  return [
    ...percentiles("half-load.end-to-end", wholeWay, undefined, { p99: halfLoadBlocks * blockMs }),
    ...percentiles("block-to-register", busy, bare, { p99: blockToRegisterP99Ms }),
    ...percentiles("lone.block-to-register", lone.afterBlockMs, undefined, { p99: loneAfterBlockMs }),
    ...percentiles("lone.end-to-end", lone.endToEndMs, undefined, { p99: blockMs + loneBeyondBlockMs }),
  ];
}

/** When each block was done with, by number; of several done together only the last one is named. */
type DoneMs = ReadonlyMap<number, number>;

async function withEntered<T>({ stack }: Platform, act: (entered: DoneMs) => Promise<T>): Promise<T> {
  const entered = new Map<number, number>();
  const listening = await listen(stack.urls.database.genbo, [enteredChannel], (_channel, payload) => {
    if (payload !== undefined) entered.set(Number(payload), performance.now());
  });
  return act(entered).finally(() => listening.close());
}

/** Does for each block the least that any follower must: hears of it, reads it, commits that it has it. */
async function withBareFollower<T>(
  { stack, owner }: Platform,
  act: (followed: DoneMs) => Promise<T>,
): Promise<T> {
  const channel = "bench_followed";
  const followed = new Map<number, number>();
  const rpc = createRpc([stack.urls.chain]);
  const reader = createBlockReader(rpc);
  const listening = await listen(stack.urls.database.genbo, [channel], (_channel, payload) => {
    if (payload !== undefined) followed.set(Number(payload), performance.now());
  });
  const heads = await watchHeads(stack.urls.chain, (number) => {
    reader
      .read(number, number)
      .then(() => owner.query("select pg_notify($1, $2)", [channel, String(number)]))
      .catch(() => undefined);
  });
  return act(followed).finally(async () => {
    heads.close();
    rpc.close();
    await listening.close();
  });
}

/** Milliseconds from each block with entries until it was done with, under load. */
async function underLoad(
  { stack, owner, ...platform }: Platform,
  perS: number,
  done: DoneMs,
): Promise<number[]> {
  const heads = await watchHeads(stack.urls.chain);
  const orders = orderSource({ stack, owner, ...platform });
  const until = performance.now() + loadMs;
  try {
    await load(stack.urls.api, {
      connections,
      perS,
      next: () => (performance.now() < until ? orders.request() : undefined),
      status: 202,
    });
    await untilEntered(owner, []);
  } finally {
    heads.close();
  }
  const blocks = [...heads.seenMs.keys()];
  const full = await owner.query<{ block: bigint }>(
    "select distinct block_number as block from entry where block_number = any($1)",
    [blocks],
  );
  return full.rows.flatMap(({ block }) => afterBlock(Number(block), heads.seenMs, done) ?? []);
}

/** Milliseconds from each transfer's acceptance until it was entered, of those accepted since. */
async function wholeWayMs({ owner }: Platform, since: Date): Promise<number[]> {
  const found = await owner.query<{ ms: number }>(
    `select (extract(epoch from updated_at - accepted_at) * 1000)::float8 as ms from operation
     where kind = 'transfer.request' and accepted_at >= $1 and state = 'entered'`,
    [since],
  );
  return found.rows.map(({ ms }) => ms);
}

function afterBlock(block: number, seenMs: DoneMs, done: DoneMs): number | undefined {
  const seen = seenMs.get(block);
  // Entered together with later ones: when the first of those was.
  const end = [...done].filter(([number]) => number >= block).map(([, ms]) => ms);
  return seen === undefined || end.length === 0 ? undefined : Math.min(...end) - seen;
}

interface Lone {
  afterBlockMs: number[];
  endToEndMs: number[];
}

function loneTransfers(platform: Platform): Promise<Lone> {
  const { stack, owner } = platform;
  const orders = orderSource(platform);
  const lone: Lone = { afterBlockMs: [], endToEndMs: [] };
  return withEntered(platform, async (entered) => {
    const heads = await watchHeads(stack.urls.chain);
    try {
      for (let sent = 0; sent < loneTransfersSent; sent += 1) {
        // People ask at any moment. Right after an entry would be the same moment of a block's second each time.
        await sleep((sent / loneTransfersSent) * blockMs);
        const started = performance.now();
        await load(stack.urls.api, { connections: 1, next: once(orders.request()), status: 202 });
        await untilEntered(owner, []);
        const block = await lastEntryBlock(platform);
        lone.endToEndMs.push((entered.get(block) ?? performance.now()) - started);
        const after = afterBlock(block, heads.seenMs, entered);
        if (after !== undefined) lone.afterBlockMs.push(after);
      }
    } finally {
      heads.close();
    }
    return lone;
  });
}

function once(request: Buffer): () => Buffer | undefined {
  const requests = [request];
  return () => requests.pop();
}

async function lastEntryBlock({ owner, issueId }: Platform): Promise<number> {
  const found = await owner.query<{ block: bigint }>(
    "select block_number as block from entry where issue_id = $1 order by seq desc limit 1",
    [issueId],
  );
  return Number(found.rows[0]!.block);
}
