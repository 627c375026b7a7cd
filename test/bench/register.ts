import { startStack } from "@genbo/cli/supervisor";
import { createPool } from "@genbo/database/connection";
import type { BenchContext } from "./context.ts";
import { copyAgain } from "./copy.ts";
import { type Figure, percentiles, rate, time } from "./figure.ts";
import { foldHistory } from "./fold-history.ts";
import { asOfPageP99Ms, foldedPerS, fullListHolders, fullListMs } from "./goals.ts";
import { pageReader } from "./register-reads.ts";
import { trusteeKey } from "./trustee-key.ts";

const reads = 300;

/**
 * The register at size: fold, pages as of past instants when a tenth of the history stands and when all does, and the
 * whole list of the largest issue. Ceilings: COPY of the same rows; the page's SELECT alone.
 */
export async function register(context: BenchContext): Promise<Figure[]> {
  const { issues, holders, entries } = context.sizes;
  const stack = await startStack({
    dataDir: context.folder("register"),
    services: ["api"],
    notice: context.say,
  });
  const owner = createPool(stack.urls.database.genbo, { max: 2 });
  try {
    const figures: Figure[] = [];
    const readAt = async (issueId: string, secret: string, size: number) => {
      await owner.query("analyze");
      const reader = await pageReader({ stack, owner, secret, issueId });
      const { overHttp, bare } = await reader.measure(reads);
      figures.push(...percentiles(`as-of-page.${size}`, overHttp, bare, { p99: asOfPageP99Ms }));
      return reader;
    };
    let secret = "";
    const from = new Date("2024-01-01T00:00:00Z");
    const folded = await foldHistory(stack, { issues, holders, entries, from }, async (part) => {
      secret = await trusteeKey(owner, stack.clock.now());
      const reader = await readAt(part.history.issues[0]!.id, secret, part.entries);
      await reader.close();
    });
    context.say(`  ${folded.entries} entries folded`);
    const reader = await readAt(folded.history.issues[0]!.id, secret, folded.entries);
    const list = await reader.wholeList();
    await reader.close();
    const goal = (fullListMs * list.rows) / fullListHolders;
    figures.push(time({ name: `full-list.${list.rows}`, value: list.ms, goal }));
    const copyMs = await copyAgain(stack);
    figures.unshift(
      rate("entries", {
        name: `fold.${folded.entries}`,
        value: (folded.entries * 1000) / folded.entriesMs,
        ceiling: (folded.entries * 1000) / copyMs,
        goal: foldedPerS,
      }),
    );
    return figures;
  } finally {
    await owner.end();
    await stack.stop();
  }
}
