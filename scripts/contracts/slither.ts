import { rm } from "node:fs/promises";
import { join } from "node:path";
import { root, runTool } from "../run.ts";

/**
 * Static analysis, where slither is on the PATH. It reads Hardhat's own build, which must hold nothing stale.
 * What it finds is judged in docs/contracts.md. Exit code 1 without slither, else slither's.
 */
async function main(): Promise<void> {
  const known = await runTool("slither", ["--version"]).catch(() => undefined);
  if (known?.code !== 0) {
    console.error("slither is not installed: pip install slither-analyzer==0.11.6 (Python 3.8 or later)");
    process.exitCode = 1;
    return;
  }
  for (const folder of ["artifacts", "cache"]) await rm(join(root, folder), { recursive: true, force: true });
  const built = await runTool("hardhat", ["build", "--no-tests"]);
  if (built.code !== 0) throw new Error(built.output);
  const artifacts = ["--ignore-compile", "--hardhat-artifacts-directory", "artifacts"];
  const ours = [
    "--filter-paths",
    "node_modules|\\.t\\.sol",
    "--exclude-informational",
    "--exclude-optimization",
  ];
  process.exitCode = (await runTool("slither", [".", ...artifacts, ...ours], { show: true })).code;
}

await main();
