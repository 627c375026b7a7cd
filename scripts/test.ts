import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "./check.ts";
import { prepare } from "./prepare.ts";
import { runTool } from "./run.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const oneFailure: Counts = { passed: 0, failed: 1, skipped: 0 };
const stages: readonly [title: string, only: string | undefined, run: () => Promise<Counts>][] = [
  ["Preparing", undefined, prepareCounts],
  ["Checks", "check", checkCounts],
  ["Contract tests", "contracts", contractCounts],
  ["Tests", "vitest", vitestCounts],
];

/** Runs every stage even when an earlier one failed, so that one run shows everything that is wrong. */
async function main(only: string | undefined): Promise<void> {
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [title, name, run] of stages) {
    if (only !== undefined && name !== undefined && name !== only) continue;
    console.log(`\n${title} …`);
    const counts = await run().catch((error: unknown) => {
      console.log(error instanceof Error ? error.message : error);
      return oneFailure;
    });
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  process.exitCode = total.failed > 0 ? 1 : 0;
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

async function prepareCounts(): Promise<Counts> {
  await prepare();
  return { passed: 0, failed: 0, skipped: 0 };
}

/** A check is no test: it counts when it fails. */
async function checkCounts(): Promise<Counts> {
  return { passed: 0, failed: (await check()).length, skipped: 0 };
}

/** Solidity tests take the fork from `--network` alone, never from the configuration. */
async function contractCounts(): Promise<Counts> {
  const { code, output } = await runTool("hardhat", ["test", "solidity", "--network", "berlin"], {
    show: true,
  });
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
  return withExit(code, { passed: count("passing"), failed: count("failing"), skipped: count("skipped") });
}

async function vitestCounts(): Promise<Counts> {
  const dir = mkdtempSync(join(tmpdir(), "genbo-report-"));
  const file = join(dir, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code } = await runTool("vitest", ["run", ...reporters], { show: true });
    const report = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
    const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report;
    const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
    return withExit(code, { passed, failed, skipped });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A file that does not load or an error outside of a test fails the run without a failed test to count. */
function withExit(code: number, counts: Counts): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

await main(process.argv[2]);
