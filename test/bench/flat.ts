import { startStack } from "@genbo/cli/supervisor";
import { orderFacts } from "@genbo/database/issues/transfers-facts";
import { createPool } from "@genbo/database/sql/connection";
import type { BenchContext } from "./context.ts";
import { type Figure, median, time } from "./figure.ts";
import { foldHistory } from "./fold-history.ts";
import { flatShare } from "./goals.ts";
import { accountOf } from "./history.ts";

interface Size {
  entries: number;
  issues: number;
  holders: number;
  /** So many that accounts have as many lots at every size: what lots cost has a row of its own. */
  days: number;
}

/** One thing grows at a time; the first size of each row is what the others are held against. */
const grows = (most: Omit<Size, "days">): Record<keyof Size, Size[]> => {
  const base = { entries: 10_000, issues: 1, holders: 1_000, days: 30 };
  const upTo = (name: keyof typeof most, ...counts: number[]) =>
    [...new Set(counts.map((count) => Math.min(count, most[name])))].map((count) => ({
      ...base,
      [name]: count,
    }));
  return {
    entries: upTo("entries", 2_000, 10_000, 100_000, 1_000_000).map((size) => ({ ...size, holders: 500 })),
    issues: upTo("issues", 1, 20, 200),
    holders: upTo("holders", 10, 1_000, 10_000, 100_000).map((size) => ({
      ...size,
      entries: Math.max(size.entries, 2 * size.holders),
    })),
    days: upTo("entries", 100_000).flatMap((size) =>
      [10, 30, 90].map((days) => ({ ...size, holders: 500, days })),
    ),
  };
};

const asked = 300;
const warmUps = 50;

/**
 * What one transfer costs as a register grows: the fold of its entry, and the question about its order that the api asks
 * before it accepts. Held against the smallest size, in place of a ceiling.
 */
export async function flat(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, sizes] of Object.entries(grows(context.sizes))) {
    let least: Cost | undefined;
    for (const size of sizes) {
      const cost = await costAt(context, size);
      least ??= cost;
      const name = `flat.${what}.${size[what as keyof Size]}`;
      context.say(`  ${name}: fold ${cost.foldMs.toFixed(3)} ms, facts ${cost.factsMs.toFixed(2)} ms`);
      // Each day may bring each account a lot, by law; the field's holders have some dozens.
      const goalOf = (ms: number) => (what === "days" ? {} : { goal: ms * flatShare });
      for (const [part, value, first] of [
        ["fold", cost.foldMs, least.foldMs],
        ["facts", cost.factsMs, least.factsMs],
      ] as const)
        figures.push(time({ name: `${name}.${part}`, value, ceiling: first, ...goalOf(first) }));
    }
  }
  return figures;
}

interface Cost {
  foldMs: number;
  factsMs: number;
}

async function costAt(context: BenchContext, size: Size): Promise<Cost> {
  const stack = await startStack({ dataDir: context.folder("flat"), services: [], notice: context.say });
  const pool = createPool(stack.urls.database.genbo_api, { max: 1 });
  try {
    const folded = await foldHistory(stack, { ...size, from: new Date("2024-01-01T00:00:00Z") });
    const { issues } = folded.history;
    const facts: number[] = [];
    for (let n = 0; n < asked + warmUps; n += 1) {
      const { id: issueId } = issues[n % issues.length]!;
      const order = { issueId, from: accountOf(n % size.holders), to: accountOf((n * 7 + 1) % size.holders) };
      const began = performance.now();
      await orderFacts(pool, [order]);
      if (n >= warmUps) facts.push(performance.now() - began);
    }
    return { foldMs: folded.entriesMs / folded.entries, factsMs: median(facts) };
  } finally {
    await pool.end();
    await stack.stop();
  }
}
