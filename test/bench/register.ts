import { type Stack, startStack } from "@genbo/cli/supervisor";
import { createPool } from "@genbo/database/sql/connection";
import type { BenchContext } from "./context.ts";
import { copyAgain } from "./copy.ts";
import { type Figure, percentiles, rate, time } from "./figure.ts";
import { type FoldedHistory, foldHistory } from "./fold-history.ts";
import { asOfPageP99Ms, foldedPerS, fullListHolders, fullListMs } from "./goals.ts";
import { within } from "./limit.ts";
import { reconciliation } from "./reconcile.ts";
import { proofsOf } from "./register-proofs.ts";
import { pageReader, type ReadTarget } from "./register-reads.ts";
import { trusteeKey } from "./trustee-key.ts";

const reads = 300;
const partMsMax = 900_000;
const from = new Date("2024-01-01T00:00:00Z");

/**
 * The register at size: the fold, then its largest issue's reads, when a tenth of the history stands and when all does:
 * pages as of past instants, the whole list, proofs, the daily reconciliation. Ceilings: COPY of the same rows, the
 * reads' SELECTs alone, the same calls to the node.
 */
export async function register(context: BenchContext): Promise<Figure[]> {
  const stack = await startStack({
    dataDir: context.folder("register"),
    services: ["api"],
    notice: context.say,
  });
  const owner = createPool(stack.urls.database.genbo, { max: 2, statementTimeoutMs: 600_000 });
  context.atEnd(async () => {
    await owner.end();
    await stack.stop();
  });
  const parts = createParts(context);
  let secret: string | undefined;
  const readAll = async ({ history, entries }: FoldedHistory) => {
    secret ??= await trusteeKey(owner, stack.clock.now());
    await owner.query("analyze");
    const target = { stack, owner, secret, issueId: history.issues[0]!.id };
    context.say(`  reads at ${entries} entries`);
    await parts.measure(`pages at ${entries}`, () => pages(target, entries));
    await parts.measure(`whole list at ${entries}`, () => wholeList(target, entries));
    await parts.measure(`proofs at ${entries}`, () => proofsOf(target, entries));
  };
  const { issues, holders, entries } = context.sizes;
  const plan = { issues, holders, entries, from };
  const folded = await foldHistory(stack, plan, { between: readAll, say: context.say });
  await readAll(folded);
  await parts.measure("reconciliation", () => reconciliation(context, stack, folded.history.issues[0]!.id));
  await parts.measure("fold", () => foldFigure(stack, folded));
  return parts.figures;
}

/** A part that fails or does not end is named, and its figures are missing; the others are measured all the same. */
function createParts({ say }: BenchContext) {
  const figures: Figure[] = [];
  const measure = async (name: string, part: () => Promise<Figure[]>) => {
    const started = performance.now();
    try {
      figures.push(...(await within(name, partMsMax, part())));
      say(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    } catch (error) {
      process.exitCode = 1;
      say(`  ${name} gave no figures: ${error instanceof Error ? error.stack : error}`);
    }
  };
  return { figures, measure };
}

async function pages(target: ReadTarget, size: number): Promise<Figure[]> {
  const reader = await pageReader(target);
  try {
    const { overHttp, bare } = await reader.measure(reads);
    return percentiles(`as-of-page.${size}`, overHttp, bare, { p99: asOfPageP99Ms });
  } finally {
    await reader.close();
  }
}

async function wholeList(target: ReadTarget, size: number): Promise<Figure[]> {
  const reader = await pageReader(target);
  try {
    const { rows, ms, bareMs } = await reader.wholeList();
    const goal = (fullListMs * rows) / fullListHolders;
    return [time({ name: `full-list-of-${rows}.${size}`, value: ms, ceiling: bareMs, goal })];
  } finally {
    await reader.close();
  }
}

/** Empties the register and copies it in again, so it comes last. */
async function foldFigure(stack: Stack, { entries, entriesMs, processMs }: FoldedHistory): Promise<Figure[]> {
  const copyMs = await copyAgain(stack);
  const perS = (ms: number) => (entries * 1000) / ms;
  return [
    rate("entries", {
      name: `fold.${entries}`,
      value: perS(entriesMs),
      ceiling: perS(copyMs),
      goal: foldedPerS,
    }),
    rate("entries", { name: `fold-own-process.${entries}`, value: perS(processMs) }),
  ];
}
