import { phaseFigures, phasesOf } from "./alone.ts";
import type { BenchContext } from "./context.ts";
import type { Figure } from "./figure.ts";
import { perUnit, withHopTimes } from "./hops.ts";
import { load } from "./http-load.ts";
import { orderSource } from "./orders.ts";
import { bulkRequests, measurePhase, type Phase, perSecond, sendInTurns } from "./phase.ts";
import type { Platform } from "./platform.ts";

const connections = 32;
/** Rows of one bulk request: the most that the API takes. */
const bulkRows = 5_000;

/**
 * Work end to end a second: from the first request until the register has entered the last row. Single transfers (one
 * request each), then rows of bulk requests; and the wallets and the issuance of the set-up. `alone` gives their ceilings.
 */
export async function transfers(context: BenchContext): Promise<Figure[]> {
  const platform = await context.platform();
  const measured = async (act: () => Promise<Phase>): Promise<Phase> => {
    const [phase, times] = await withHopTimes(platform.stack, act);
    context.say(`  ${phase.name}: ${Math.round(perSecond(phase))}/s; ${perUnit(times, phase.rows)} a row`);
    return phase;
  };
  context.phases.single = await measured(() => singleTransfers(platform, context.sizes.transfers));
  context.phases.bulk = await measured(() => bulkTransfers(platform));
  return phaseFigures(phasesOf(context, platform));
}

const idIn = (body: string): string => (JSON.parse(body) as { operationId: string }).operationId;

function singleTransfers(platform: Platform, count: number): Promise<Phase> {
  const orders = orderSource(platform);
  let left = count;
  const next = () => {
    left -= 1;
    return left >= 0 ? orders.request() : undefined;
  };
  return measurePhase(platform.owner, "single", count, async () => {
    const { bodies } = await load(platform.stack.urls.api, {
      connections,
      next,
      status: 202,
      keepBodies: true,
    });
    return bodies.map(idIn);
  });
}

function bulkTransfers(platform: Platform): Promise<Phase> {
  const { brokers, owner } = platform;
  const orders = orderSource(platform);
  const requests = brokers.map(({ client }, broker) =>
    Array.from({ length: bulkRequests }, () => {
      const body = { rows: orders.rows(broker, bulkRows) };
      return async () => (await client.call("requestTransfers", { body })).body.operationId;
    }),
  );
  return measurePhase(owner, "bulk", bulkRows * bulkRequests * brokers.length, () => sendInTurns(requests));
}
