import { parseArgs } from "node:util";
import { accept } from "./accept.ts";
import { asOf } from "./as-of.ts";
import { type Bench, createContext, defaultSizes, type Sizes } from "./context.ts";
import type { Figure } from "./figure.ts";
import { fold } from "./fold.ts";
import { latency } from "./latency.ts";
import { register } from "./register.ts";
import { tableOf } from "./table.ts";
import { transfers } from "./transfers.ts";

const benches: Readonly<Record<string, Bench>> = {
  accept,
  transfers,
  latency,
  "as-of": asOf,
  fold,
  register,
};
/** The first figures: those of the way from a request to a read. */
const first = ["accept", "transfers", "latency", "as-of", "fold"];

const usage = `usage: npm run bench -- [${["first", ...Object.keys(benches)].join(" | ")}] [--json]
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
  const names = asked.flatMap((name) => (name === "first" ? first : [name]));
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) throw new UsageError(`There is no bench "${unknown}".`);
  return { names, json: values.json === true, sizes };
}

async function run(names: readonly string[], sizes: Sizes): Promise<Figure[]> {
  const context = createContext(sizes);
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= context.end();
    return ending;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => end().finally(() => process.exit(1)));
  }
  const figures: Figure[] = [];
  try {
    for (const name of names) {
      context.say(`${name} …`);
      figures.push(...(await benches[name]!(context)));
    }
    return figures;
  } finally {
    await end();
  }
}

try {
  const { names, json, sizes } = read(process.argv.slice(2));
  const figures = await run(names, sizes);
  console.log(json ? JSON.stringify(figures, undefined, 2) : tableOf(figures));
  process.exit();
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  console.error(isUsage ? `${(error as Error).message}\n${usage}` : error);
  process.exit(1);
}
