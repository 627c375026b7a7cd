import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { generator } from "../../../contracts/test/differential.ts";
import { prepare } from "../../prepare.ts";
import { root } from "../../run.ts";
import { parse } from "./ast.ts";
import { compileAsMany } from "./compile.ts";
import type { Mutant } from "./mutants.ts";
import { reportOf, type Verdict } from "./report.ts";
import { MutableFile } from "./schema.ts";
import { Workspace } from "./workspace.ts";

const usage = `usage: npm run test:mutation -- [--sample N] [--seed S] [--only PATH] [--json FILE]
Changes the contracts in one small way at a time and says which changes no test notices.
  --sample N   so many mutants, taken at random   --seed S   of that choice (1)
  --only PATH  contracts whose path contains it   --json FILE  every mutant with what became of it`;

/** A run of the Solidity tests takes 3 s on a quiet machine; a mutant that loops is killed by the clock. */
const patience = 180_000;
/** The game against the model, for what the Solidity tests let live. */
const modelPatience = 120_000;

function filesOf(only: string): MutableFile[] {
  const paths = readdirSync(join(root, "contracts"), { recursive: true, encoding: "utf8" })
    .map((path) => `contracts/${path}`)
    .filter((path) => path.endsWith(".sol") && !path.endsWith(".t.sol") && path.includes(only))
    .filter((path) => !/contracts\/(interfaces|test)\//.test(path))
    .sort();
  const sources = new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  let next = 1;
  return [...parse(sources)].map(([path, ast]) => {
    const file = new MutableFile(path, sources.get(path)!, ast, next);
    next += file.mutants.length;
    return file;
  });
}

function sampled(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const random = generator(seed);
  const rest = [...mutants];
  const chosen: Mutant[] = [];
  while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(random(rest.length), 1));
  return chosen;
}

/** The Solidity tests beside a contract that bear its name: most of its mutants need no others. */
function ownTests(file: string): string[] {
  const name = `${basename(file, ".sol")}.`;
  return readdirSync(join(root, dirname(file)))
    .filter((each) => each.startsWith(name) && each.endsWith(".t.sol"))
    .map((each) => join(dirname(file), each));
}

/**
 * The stage whose tests notice a mutant: each is tried on what the one before let live.
 * @param file where the mutant is
 */
async function noticedBy(workspace: Workspace, id: number, file = ""): Promise<string | undefined> {
  workspace.write("mutant", String(id));
  const own = file === "" ? [] : ownTests(file);
  for (const tests of own.length > 0 ? [own, []] : [[]]) {
    const args = ["test", "solidity", ...tests, "--network", "berlin"];
    if ((await workspace.run("hardhat", args, patience)).code !== 0) return "solidity";
  }
  const roles = [
    "run",
    "--project",
    "unit",
    "contracts/test/roles.test.ts",
    "contracts/test/deployment.test.ts",
  ];
  if ((await workspace.run("vitest", roles, modelPatience)).code !== 0) return "roles";
  const game = ["scripts/contracts/model.ts", "--calls", "1500", "--seed", "7"];
  const model = await workspace.run("node", game, modelPatience);
  return model.code === 0 ? undefined : "model";
}

/** A build in which no mutant is switched on must pass, else every verdict on it would be worth nothing. */
async function expectSound(workspace: Workspace): Promise<void> {
  // A second time, since a busy machine can let a first one run out of its time.
  const stage = (await noticedBy(workspace, 0)) && (await noticedBy(workspace, 0));
  if (stage !== undefined) throw new Error(`without any mutant switched on, ${stage} fails`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: "" },
      json: { type: "string" },
    },
  });
  await prepare();
  const files = filesOf(values.only);
  const all = files.flatMap(({ mutants }) => mutants);
  const chosen = values.sample === undefined ? all : sampled(all, Number(values.sample), Number(values.seed));
  console.log(`${all.length} mutants in ${files.length} files, ${chosen.length} of them tried`);
  const workspace = new Workspace();
  const verdicts: Verdict[] = [];
  try {
    const left = new Set(chosen);
    let unborn = 0;
    while (left.size > 0) {
      const { compiled, stillborn } = await compileAsMany(workspace, files, left);
      for (const mutant of stillborn) left.delete(mutant);
      unborn += stillborn.length;
      await expectSound(workspace);
      for (const mutant of compiled) {
        left.delete(mutant);
        const killedBy = await noticedBy(workspace, mutant.id, mutant.file);
        verdicts.push({ mutant, killedBy });
        if (killedBy === undefined) console.log(`lives: ${mutant.file}:${mutant.line} ${mutant.operator}`);
      }
      console.log(`${verdicts.length} tried, ${unborn} do not compile, ${left.size} left`);
    }
  } finally {
    workspace.remove();
  }
  console.log(reportOf(verdicts));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdicts, undefined, 2)}\n`);
}

try {
  await main();
} catch (error) {
  const wrong = error instanceof TypeError && "code" in error;
  console.error(wrong ? `${error.message}\n${usage}` : error);
  process.exitCode = 1;
}
