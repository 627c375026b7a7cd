import { parseArgs } from "node:util";
import { accept } from "./accept.ts";
import { alone } from "./alone.ts";
import { asOf } from "./as-of.ts";
import { type Bench, createContext, defaultSizes, type Sizes } from "./context.ts";
import type { Figure } from "./figure.ts";
import { flat } from "./flat.ts";
import { fold } from "./fold.ts";
import { holders } from "./holders.ts";
import { latency } from "./latency.ts";
import { within } from "./limit.ts";
import { memory } from "./memory.ts";
import { register } from "./register.ts";
import { tableOf } from "./table.ts";
import { transfers } from "./transfers.ts";

const benches: Readonly<Record<string, Bench>> = {
  accept,
  transfers,
  latency,
  "as-of": asOf,
  memory,
  holders,
  alone,
  fold,
  register,
  flat,
};
/** Named together. `first`: the way from a request to a read. `lanes`: exactly once, fast (issue 6). */
const groups: Readonly<Record<string, readonly string[]>> = {
  first: ["accept", "transfers", "latency", "as-of", "alone", "fold"],
  lanes: ["accept", "transfers", "latency", "memory", "alone", "flat"],
};
/** No bench may run longer: what was measured before it is printed, whatever becomes of it. */
const benchMsMax = 300_000;
/** These build registers of any size that is asked for. */
const ofAnySize = ["flat", "register", "holders"];
const longBenchMsMax = 3_600_000;
const limitOf = (name: string) => (ofAnySize.includes(name) ? longBenchMsMax : benchMsMax);
/** Children get this long to end; they die with this process in any case. */
const endMsMax = 60_000;

const usage = `usage: npm run bench -- [${[...Object.keys(groups), ...Object.keys(benches)].join(" | ")}] [--json]
  ${Object.entries(defaultSizes)
    .map(([name, value]) => `[--${name} ${value}]`)
    .join(" ")}
Without a name every bench runs. Figures go to standard output, everything else to standard error.`;

class UsageError extends Error {}

function read(args: readonly string[]): { names: string[]; json: boolean; sizes: Sizes } {
  const sizeNames = Object.keys(defaultSizes) as (keyof Sizes)[];
  const sizeOptions = Object.fromEntries(sizeNames.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, ...sizeOptions },
  });
  const given = values as Partial<Record<keyof Sizes, string>>;
  const sizes = { ...defaultSizes };
  for (const name of sizeNames) {
    if (given[name] === undefined) continue;
    sizes[name] = Number(given[name]);
    if (!Number.isInteger(sizes[name]) || sizes[name] < 1) throw new UsageError(`--${name} is a count.`);
  }
  const asked = positionals.length === 0 ? Object.keys(benches) : positionals;
  const names = asked.flatMap((name) => groups[name] ?? [name]);
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) throw new UsageError(`There is no bench "${unknown}".`);
  return { names, json: values.json === true, sizes };
}

/** The figures by name, a later one in place of an earlier one, and whether every bench came to its end. */
async function run(names: readonly string[], sizes: Sizes): Promise<{ figures: Figure[]; whole: boolean }> {
  const context = createContext(sizes);
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= within("The end", endMsMax, context.end());
    return ending;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => end().finally(() => process.exit(1)));
  }
  const figures = new Map<string, Figure>();
  let whole = true;
  for (const name of names) {
    context.say(`${name} …`);
    try {
      const found = await within(name, limitOf(name), benches[name]!(context));
      for (const figure of found) figures.set(figure.name, figure);
    } catch (error) {
      whole = false;
      context.say(`${name} gave no figures: ${error instanceof Error ? error.stack : error}`);
    }
  }
  await end().catch((error: unknown) => context.say(String(error)));
  return { figures: [...figures.values()], whole };
}

try {
  const { names, json, sizes } = read(process.argv.slice(2));
  const { figures, whole } = await run(names, sizes);
  console.log(json ? JSON.stringify(figures, undefined, 2) : tableOf(figures));
  process.exit(whole ? process.exitCode : 1);
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  console.error(isUsage ? `${(error as Error).message}\n${usage}` : error);
  process.exit(1);
}
