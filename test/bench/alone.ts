import { baseline } from "./baseline.ts";
import type { BenchContext } from "./context.ts";
import { type Figure, rate, share, times } from "./figure.ts";
import { bulkRowsPerS, bulkShare, bulkTimes, singleTimes, transfersPerS, walletsPerS } from "./goals.ts";
import { type Phase, perSecond } from "./phase.ts";
import type { Platform } from "./platform.ts";
import { replay } from "./replay.ts";

const what = {
  single: { unit: "transfers", goal: transfersPerS },
  bulk: { unit: "rows", goal: bulkRowsPerS },
  issuance: { unit: "rows", goal: bulkRowsPerS },
  wallets: { unit: "wallets", goal: walletsPerS },
} as const;
type Name = keyof typeof what;
type Phases = Partial<Record<Name, Phase>>;

export const phasesOf = ({ phases }: BenchContext, platform: Platform): Phases => ({
  ...phases,
  ...platform.phases,
});

/** @param alone milliseconds that the chain alone took for each */
export const phaseFigures = (phases: Phases, alone?: Readonly<Record<string, number>>): Figure[] =>
  (Object.entries(phases) as [Name, Phase][]).flatMap(([name, phase]) => {
    const { unit, goal } = what[name];
    const ceiling = alone && { ceiling: perSecond({ rows: phase.rows, ms: alone[name]! }) };
    const figure = rate(unit, { name: `end-to-end.${name}`, value: perSecond(phase), ...ceiling, goal });
    const bulk = name === "bulk" || name === "issuance";
    return bulk && alone ? [figure, share(`${figure.name}.share`, figure, bulkShare)] : [figure];
  });

/**
 * What the chain alone makes of all work that was measured before, and of a sender as the field knows it. The last bench
 * on its platform: validators end for it.
 */
export async function alone(context: BenchContext): Promise<Figure[]> {
  const platform = await context.platform();
  const phases = phasesOf(context, platform);
  context.say("  Feeding the same transactions to the chain alone");
  const { took, after } = await replay(context, platform, phases as Record<Name, Phase>, (rpc) => {
    context.say("  One transaction at a time, on the same chain");
    return baseline(rpc, platform);
  });
  const { single, bulk } = phases;
  return [
    ...phaseFigures(phases, took),
    rate("transfers", { name: "baseline.single", value: after.singlePerS }),
    rate("rows", { name: "baseline.bulk", value: after.bulkPerS }),
    ...(single ? [times("baseline.single.times", perSecond(single) / after.singlePerS, singleTimes)] : []),
    ...(bulk ? [times("baseline.bulk.times", perSecond(bulk) / after.bulkPerS, bulkTimes)] : []),
  ];
}
