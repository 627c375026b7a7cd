import { prepare } from "./prepare.ts";
import { runTool } from "./run.ts";

/** Each check with the program that makes it; every one of them reads the whole repository. */
const checks: readonly [name: string, tool: string, args: readonly string[]][] = [
  ["format and lint", "biome", ["check", "--error-on-warnings", "--max-diagnostics=50"]],
  ["types", "tsc", ["--noEmit", "-p", "."]],
  ["types that Node strips", "node", ["scripts/strippable.ts"]],
  ["boundaries", "depcruise", ["--config", ".dependency-cruiser.mjs", "apps", "packages", "scripts", "test"]],
  ["unused", "knip", ["--no-progress", "--no-config-hints"]],
  ["law table", "node", ["scripts/law/table.ts"]],
];

/** Runs every check, prints what each has against the code, and returns the names of those that failed. */
export async function check(): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, tool, args] of checks) {
    const started = Date.now();
    const { code, output } = await runTool(tool, args);
    console.log(
      `${code === 0 ? "✓" : "✗"} ${name} (${tool}, ${((Date.now() - started) / 1000).toFixed(1)} s)`,
    );
    if (code === 0) continue;
    failed.push(name);
    console.log(output.trimEnd());
  }
  return failed;
}

if (import.meta.main) {
  await prepare();
  const failed = await check();
  if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}.`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
