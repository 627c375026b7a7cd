import { startStack } from "@genbo/cli/supervisor";
import type { BenchContext } from "./context.ts";
import { copyAgain } from "./copy.ts";
import { type Figure, rate } from "./figure.ts";
import { foldHistory } from "./fold-history.ts";
import { foldedPerS } from "./goals.ts";

/** Enough for a steady rate; `register` folds as many as are asked for. */
const entriesMax = 40_000;

/**
 * Entries folded a second: prepared blocks through the indexer's fold and its writes.
 * Ceiling: COPY of the rows that came of it.
 */
export async function fold(context: BenchContext): Promise<Figure[]> {
  const stack = await startStack({ dataDir: context.folder("fold"), services: [], notice: context.say });
  try {
    const { issues, holders } = context.sizes;
    const entries = Math.min(context.sizes.entries, entriesMax);
    const from = new Date("2024-01-01T00:00:00Z");
    const folded = await foldHistory(stack, {
      issues,
      holders: Math.min(holders, entries / 4),
      entries,
      from,
    });
    const copyMs = await copyAgain(stack);
    return [
      rate("entries", {
        name: "fold",
        value: (folded.entries * 1000) / folded.entriesMs,
        ceiling: (folded.entries * 1000) / copyMs,
        goal: foldedPerS,
      }),
    ];
  } finally {
    await stack.stop();
  }
}
