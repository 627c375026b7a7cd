import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
/** All that may have a say in what a register looks like. */
const sources = [
  "packages/{chain,database,domain,register}/src/**/*.ts",
  "apps/indexer/src/**/*.ts",
  "prisma/migrations/*/migration.sql",
];

/** Tells one version of the code from another: a register is rebuilt by one of them from its first block to its last. */
export function codeVersion(): string {
  const hash = createHash("sha256");
  for (const file of globSync(sources, { cwd: root }).sort())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(resolve(root, file)))
      .update("\0");
  return hash.digest("hex");
}
