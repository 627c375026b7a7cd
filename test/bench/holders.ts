import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { createBlockReader } from "@genbo/chain/blocks";
import { followBlocks } from "@genbo/chain/follower";
import { createRpc } from "@genbo/chain/rpc";
import { exitOf, tether } from "@genbo/domain/tether";
import type { BenchContext } from "./context.ts";
import { type Figure, rate } from "./figure.ts";
import { peakFigure, peakMb, servicePeaks } from "./memory.ts";
import { untilEntered } from "./phase.ts";
import { type Platform, registerCustomers } from "./platform.ts";

/** Rows of each request of the set-up. */
const rowsEach = 2_000;
const pollMs = 50;
const genbo = resolve(import.meta.dirname, "../../apps/cli/src/main.ts");

/**
 * The most memory of worker and indexer while `--holders` investors come and get units, and of a rebuild that reads all
 * of them from block 0, on the local chain (only Linux tells); and how fast it does, beside who reads the same blocks
 * and does nothing with them.
 */
export async function holders(context: BenchContext): Promise<Figure[]> {
  const platform = await context.platform();
  const { stack } = platform;
  context.say(`  Registering investors up to ${context.sizes.holders}, and issuing units to them`);
  await grow(platform, context.sizes.holders);
  const peaks = servicePeaks(stack, "holders");
  if (stack.consortium) return peaks;
  context.say("  Rebuilding the register from block 0");
  const { peak, entries, records, seconds, block } = await rebuild(stack.folder.root);
  const lines = entries + records;
  const ceiling = (lines * 1000) / (await readingMs(stack.urls.chain, block));
  return [
    ...peaks,
    ...peakFigure("holders.rebuild", peak),
    rate("lines", { name: "holders.rebuilt", value: lines / seconds, ceiling }),
  ];
}

async function grow({ owner, brokers, issuer, issueId }: Platform, wanted: number): Promise<void> {
  const each = Math.ceil(wanted / brokers.length);
  await Promise.all(
    brokers.map(async ({ client, accounts }) => {
      for (let from = accounts.length; from < each; from += rowsEach) {
        const made = await registerCustomers(client, from, Math.min(rowsEach, each - from));
        await untilEntered(owner, [made.operationId]);
        const rows = made.accounts.map((to) => ({ to, units: "1000" }));
        const { body } = await issuer.call("issueUnits", { params: { id: issueId }, body: { rows } });
        await untilEntered(owner, [body.operationId]);
      }
    }),
  );
}

interface Rebuilt {
  /** Megabytes. */
  peak: number | undefined;
  entries: number;
  /** Lines of the holder registry. */
  records: number;
  seconds: number;
  /** Up to which it was rebuilt. */
  block: number;
}

/** @throws Error when the rebuilt register is not the live one */
async function rebuild(dataDir: string): Promise<Rebuilt> {
  const child = spawn(process.execPath, [genbo, "reindex", "--data", dataDir, "--anew", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  tether(child, "TERM");
  let peak: number | undefined;
  const timer = setInterval(() => {
    peak = peakOfChildMb(child.pid) ?? peak;
  }, pollMs);
  const [said, { code }] = await Promise.all([text(child.stdout), exitOf(child)]);
  clearInterval(timer);
  if (code !== 0) throw new Error(`The rebuild ended with code ${code}: ${said}`);
  return { ...JSON.parse(said), peak };
}

async function readingMs(chainUrl: string, until: number): Promise<number> {
  const rpc = createRpc([chainUrl]);
  const reader = createBlockReader(rpc);
  const started = performance.now();
  try {
    const from = { number: 0, hash: (await reader.hashesAt([0]))[0]! };
    for await (const followed of followBlocks(reader, from, { signal: new AbortController().signal, until }))
      if (followed.type === "reorg") throw new Error("The local chain went back.");
    return performance.now() - started;
  } finally {
    rpc.close();
  }
}

/** `genbo reindex` leaves the work to a process of its own. */
function peakOfChildMb(pid: number | undefined): number | undefined {
  try {
    const [worker] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    return worker === undefined ? undefined : peakMb(Number(worker));
  } catch {
    // It has not begun, or has ended meanwhile.
    return undefined;
  }
}
