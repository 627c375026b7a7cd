import { globSync, readFileSync, writeFileSync } from "node:fs";
import { articles } from "./articles.ts";

const target = "docs/law.md";
const sources = [
  "packages/*/src/**/*.ts",
  "apps/*/src/**/*.ts",
  "contracts/**/*.sol",
  "prisma/migrations/**/*.sql",
];
const tests = ["{packages,apps,test,contracts}/**/*.test.ts", "contracts/**/*.t.sol"];
const ignored = ["**/node_modules/**", "**/generated/**"];

/** Compares the page with the tags, or rewrites it with `--write`. Part of `npm run check`. */
function main(): void {
  const page = render();
  if (process.argv.includes("--write")) writeFileSync(target, page);
  else if (readFileSync(target, "utf8") !== page) {
    console.error(`${target} is not what the tests' tags say: run node scripts/law/table.ts --write`);
    process.exitCode = 1;
  }
}

function render(): string {
  const code = read(sources).filter(({ file }) => !/\.test\.ts$|\.t\.sol$|\/test\//.test(file));
  const tagged = read(tests);
  checkTags(tagged);
  const rows = articles.map(({ id, ja, rule, later }) => {
    const cited = filesWith(code, id);
    const tested = filesWith(tagged, `[${id}]`);
    if (tested === "" && later === undefined) throw new Error(`${id} has neither a test nor a word why`);
    return `| ${ja} (${id}) | ${rule} | ${cited} | ${tested || `not yet: ${later}`} |`;
  });
  return [
    "# Article → rule → code → test",
    "",
    "Made by `scripts/law/table.ts` from the citations in the code and the `[article]` tags in the tests' titles; the check fails when it is out of date. TA 信託法, TAR 信託法施行規則, CA 会社法, APPI 個人情報保護法, DEF 定義府令, CC 民法, CEA 民事執行法, CPC 民事訴訟法.",
    "",
    "| article | rule | code | test |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

const tag = /\[((?:TA|TAR|CA|CAR|APPI|DEF|CC|CEA|CPC) [^\]]*)\]/g;

/** A tag that names no listed article would count for none. @throws Error naming the first */
function checkTags(tests: Source[]): void {
  const listed = new Set(articles.map(({ id }) => id));
  for (const { file, text } of tests)
    for (const [, id] of text.matchAll(tag))
      if (!listed.has(id!))
        throw new Error(`${file} is tagged [${id}], which scripts/law/articles.ts does not list`);
}

interface Source {
  file: string;
  text: string;
}

function read(patterns: string[]): Source[] {
  const files = globSync(patterns, { exclude: ignored }).map((file) => file.replaceAll("\\", "/"));
  return files.sort().map((file) => ({ file, text: readFileSync(file, "utf8") }));
}

function filesWith(all: Source[], text: string): string {
  const found = all.filter((source) => source.text.includes(text));
  return found.map(({ file }) => `[${file.split("/").at(-1)}](../${file})`).join("<br>");
}

main();
