import type { BenchContext } from "./context.ts";
import { type Figure, rate, share } from "./figure.ts";
import { bulkRowsPerS, bulkShare, transfersPerS, walletsPerS } from "./goals.ts";
import { perUnit, withHopTimes } from "./hops.ts";
import { load } from "./http-load.ts";
import { orderSource } from "./orders.ts";
import { measurePhase, type Phase, perSecond } from "./phase.ts";
import type { Platform } from "./platform.ts";
import { replay } from "./replay.ts";

const connections = 32;
/** Rows of one bulk request: the most that the API takes. */
const bulkRows = 5_000;

/**
 * Work end to end a second: from the first request until the register has entered the last row. Single transfers (one
 * request each), then rows of bulk requests; and the wallets and the issuance of the set-up.
 * Ceiling: the very transactions that the worker made, signed already, fed to a chain that has nothing else to do.
 */
export async function transfers(context: BenchContext): Promise<Figure[]> {
  const platform = await context.platform();
  const measured = async (act: () => Promise<Phase>): Promise<Phase> => {
    const [phase, times] = await withHopTimes(platform.stack, act);
    context.say(`  ${phase.name}: ${Math.round(perSecond(phase))}/s; ${perUnit(times, phase.rows)} a row`);
    return phase;
  };
  const single = await measured(() => singleTransfers(platform, context.sizes.transfers));
  const bulk = await measured(() => bulkTransfers(platform));
  const phases = { single, bulk, ...platform.phases };
  context.say("  Feeding the same transactions to the chain alone");
  const alone = await replay(context, platform, phases);
  const figure = (name: keyof typeof phases, unit: string, goal: number) =>
    rate(unit, {
      name: `end-to-end.${name}`,
      value: perSecond(phases[name]),
      ceiling: perSecond({ rows: phases[name].rows, ms: alone[name] }),
      goal,
    });
  const bulkFigure = figure("bulk", "rows", bulkRowsPerS);
  return [
    figure("single", "transfers", transfersPerS),
    bulkFigure,
    share("end-to-end.bulk.share", bulkFigure, bulkShare),
    figure("issuance", "rows", bulkRowsPerS),
    figure("wallets", "wallets", walletsPerS),
  ];
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
  const files = brokers.map((_, broker) => ({ rows: orders.rows(broker, bulkRows) }));
  return measurePhase(owner, "bulk", bulkRows * brokers.length, () =>
    Promise.all(
      brokers.map(async ({ client }, n) => {
        const { body } = await client.call("requestTransfers", { body: files[n]! });
        return body.operationId;
      }),
    ),
  );
}
