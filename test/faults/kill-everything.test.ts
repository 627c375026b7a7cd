import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DemoResult } from "@genbo/cli/demo/run";
import { exitOf } from "@genbo/domain/tether";
import { afterAll, expect, test } from "vitest";
import { stackFolder } from "../support/stack-folder.ts";

const root = resolve(import.meta.dirname, "../..");
const { dataDir, remove } = stackFolder("kill-all");
const runMsMax = 300_000;
const jsonFile = join(dataDir, "result.json");

afterAll(remove);

interface Run {
  child: ChildProcess;
  output: () => string;
  /** Waits until the demo has said something. */
  said: (text: string) => Promise<void>;
}

function startDemo(): Run {
  const args = [join(root, "apps/cli/src/main.ts"), "demo", "--data", dataDir, "--json", jsonFile];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout!.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const said = async (text: string) => {
    while (!output.includes(text)) {
      if (child.exitCode !== null) throw new Error(`The demo ended before it said "${text}":\n${output}`);
      await sleep(5);
    }
  };
  return { child, output: () => output, said };
}

/** Every process below `pid`, from the process table. */
function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const below = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

async function killEverything(child: ChildProcess): Promise<void> {
  const ended = exitOf(child);
  const pids = [child.pid!, ...descendantsOf(child.pid!)];
  expect(pids.length).toBeGreaterThan(5);
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended with its parent.
    }
  }
  await ended;
}

test.skipIf(process.platform !== "linux").each([0, 60, 200])(
  "kill -9 of everything %i ms into step 3, then the demo again",
  async (ms) => {
    // Each case goes on from the data that the one before left behind: killed once more, at another moment.
    const { child, said } = startDemo();
    await said("\n3. ");
    await sleep(ms);
    await killEverything(child);
  },
  runMsMax,
);

test.skipIf(process.platform !== "linux")(
  "the demo then ends with 244 entries of the issuance, not one more",
  async () => {
    const { child, output } = startDemo();
    const { code } = await exitOf(child);
    expect(output()).not.toContain("✗");
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(jsonFile, "utf8")) as DemoResult;
    expect(result.checks.failed).toBe(0);
    expect([result.holders, result.units, result.supplyOnChain]).toEqual([245, 1453, 1453]);
    expect(result.head).toBe(result.headOnChain);
  },
  runMsMax,
);
