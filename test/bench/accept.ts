import { startBareServer } from "./bare.ts";
import type { BenchContext } from "./context.ts";
import { type Figure, median, rate, share } from "./figure.ts";
import { acceptedPerS, acceptedShare } from "./goals.ts";
import { perUnit, withHopTimes } from "./hops.ts";
import { type Load, load, type RequestParts } from "./http-load.ts";
import { orderSource } from "./orders.ts";
import { untilEntered } from "./phase.ts";
import type { Platform } from "./platform.ts";
import { openRecorder, type Recorded } from "./statements.ts";

const connections = 32;
/** Rounds of each server, in turn: what else the machine does falls on both. */
const rounds = 4;
const roundMs = 1_500;
/** Enough for both to run optimized code, however slow the machine is. */
const warmUpRequests = 3_000;

/**
 * Requests accepted a second: POST /v1/transfers over HTTP until its 202, one transfer each. The worker and the indexer
 * stand still meanwhile, so that the two servers are compared and nothing else.
 * Ceiling: bare Fastify that runs the statements of a request that comes alone, on the same tables, and checks nothing.
 * It gathers nothing, as the api does (ADR 0038), so the api may pass it.
 */
export async function accept(context: BenchContext): Promise<Figure[]> {
  const platform = await context.platform();
  const { stack, owner } = platform;
  const recorded = await record(platform);
  const bare = await startBareServer({
    databaseUrl: stack.urls.database.genbo_api,
    recorded,
    names: namesIn(recorded),
  });
  // A worker that is stopped with the recorded requests in hand would hold their rows.
  await untilEntered(owner, []);
  const goOn = pause(stack.processes(), ["worker", "indexer"]);
  try {
    const options = { connections, status: 202 };
    const { next } = timedOrders(platform);
    const measure = (url: string, ms: number): Promise<Load> => load(url, { ...options, next: next(ms) });
    for (const url of [stack.urls.api, bare.url]) await load(url, { ...options, next: counted(platform) });
    const processes = () => ({ ...stack.processes(), bare: bare.pid });
    const [api, ceiling]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      for (const [url, rates] of [
        [stack.urls.api, api],
        [bare.url, ceiling],
      ] as const) {
        const [done, times] = await withHopTimes({ processes }, () => measure(url, roundMs));
        rates.push(perS(done));
        context.say(`  ${Math.round(perS(done))}/s: ${perUnit(times, done.answered)} a request`);
      }
    }
    const figure = rate("requests", {
      name: "accept",
      value: median(api),
      ceiling: median(ceiling),
      goal: acceptedPerS,
    });
    return [figure, share("accept.share", figure, acceptedShare)];
  } finally {
    bare.stop();
    // Nothing of this is to be carried out: the bench after this one would wait for it.
    await owner.query("delete from command where state = 'queued'");
    await owner.query("update operation set state = 'failed' where state = 'accepted'");
    goOn();
  }
}

const perS = ({ answered, ms }: Load): number => (answered * 1000) / ms;

function timedOrders(platform: Platform) {
  const orders = orderSource(platform);
  return {
    next: (ms: number) => {
      const until = performance.now() + ms;
      return () => (performance.now() < until ? orders.request() : undefined);
    },
  };
}

function counted(platform: Platform): () => Buffer | undefined {
  const orders = orderSource(platform);
  let left = warmUpRequests;
  return () => {
    left -= 1;
    return left >= 0 ? orders.request() : undefined;
  };
}

async function record(platform: Platform): Promise<Recorded> {
  const orders = orderSource(platform);
  const request = (key: string): RequestParts => ({
    method: "POST",
    path: "/v1/transfers",
    secret: platform.brokers[0]!.secret,
    key,
    json: JSON.stringify(orders.rows(0, 1)[0]),
  });
  const recorder = await openRecorder(platform.stack);
  try {
    // The first one also looks up whose key it is, which the api then remembers for a while.
    await recorder.record(request(crypto.randomUUID()));
    return await recorder.record(request(recordedKey));
  } finally {
    await recorder.close();
  }
}

const recordedKey = "bench-recorded-00000000-0000-0000-0000-000000000000";

function namesIn({ answer }: Recorded): { operation: string; transfer: string; key: string } {
  const { operationId, transferId } = JSON.parse(answer.body) as { operationId: string; transferId: string };
  return { operation: operationId, transfer: transferId, key: recordedKey };
}

/** Stops processes where they stand. @returns lets them go on */
function pause(pids: Readonly<Record<string, number | undefined>>, names: readonly string[]): () => void {
  const paused = names.map((name) => pids[name]).filter((pid) => pid !== undefined);
  for (const pid of paused) process.kill(pid, "SIGSTOP");
  return () => {
    for (const pid of paused) process.kill(pid, "SIGCONT");
  };
}
