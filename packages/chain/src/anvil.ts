import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv } from "@genbo/domain/env";
import { freePort } from "@genbo/domain/free-port";
import { type Exit, endChild, exitOf, tether } from "@genbo/domain/tether";
import { dropLoadedState, loadState } from "./anvil-state.ts";
import { createRpc, type Rpc } from "./rpc.ts";

export interface AnvilOptions {
  /** Folder of the dumps and the log; the newest whole dump in it is loaded. */
  dataDir: string;
  /** The platform's present time in Unix seconds. A new chain's genesis has it; a loaded one goes on from there. */
  time: number;
  /** TCP port on 127.0.0.1; a free one when left out. */
  port?: number;
  /** File that receives anvil's log; `start.log` of the folder, begun anew, when left out. */
  logFile?: string;
}

export interface Anvil {
  url: string;
  port: number;
  pid: number;
  /** A client of this node with room for its biggest answer, the dump. */
  rpc: Rpc;
  exited: Promise<Exit>;
  /** Ends the node without a dump: call `dumpState` first. */
  stop(): Promise<void>;
}

const host = "127.0.0.1";
export const localChainId = 31_337;
const startTimeoutMs = 60_000;
const retryEveryMs = 20;
const stopGraceMs = 5_000;
const dumpTimeoutMs = 120_000;
const startTries = 5;

/**
 * No line for each call, of which there are a hundred megabytes a day. One block a second whatever comes, because a block costs more the larger the state is; free gas, as on the
 * permissioned networks; Berlin, which GoQuorum and Besu share; no unlocked account.
 */
const flags = [
  "--quiet",
  ...["--block-time", "1", "--base-fee", "0", "--gas-price", "0", "--gas-limit", "800000000"],
  ...["--hardfork", "berlin", "--host", host, "--chain-id", String(localChainId), "--accounts", "0"],
];

/**
 * Starts an anvil node from the npm package and returns when it answers. Where `dataDir` has dumps, the chain is the
 * newest one that loads, byte for byte; its blocks go on at `time`, which never lies before the last block.
 * @throws Error when there are dumps and none loads, or the node does not start
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const genesis = genesisTime(dataDir, options.time);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const state = loadState(dataDir, genesis);
      try {
        if (state === undefined) return await launchFromGenesis(dataDir, genesis, options);
        const time = Math.max(options.time, state.time);
        return await launch(dataDir, options, ["--timestamp", String(time), "--load-state", state.path]);
      } catch (error) {
        if (error instanceof UnloadableState) state?.reject();
        else if (attempt === startTries) throw error;
      }
    }
  } finally {
    dropLoadedState(dataDir);
  }
}

/**
 * Moves the chain's time to `unixSeconds` by mining a block with that time; later blocks go on from there.
 * One call, so that the block of the second cannot come between setting the time and mining.
 * @throws NodeRefused when the chain is already past that time
 */
export async function setChainTime(rpc: Rpc, unixSeconds: number): Promise<void> {
  await rpc.call("evm_mine", { timestamp: unixSeconds });
}

class UnloadableState extends Error {}

/**
 * A chain that died before its first dump begins again with the same genesis block, so that it is the same chain:
 * transactions that were signed for it are good for it still.
 */
async function launchFromGenesis(dataDir: string, time: number, options: AnvilOptions): Promise<Anvil> {
  const anvil = await launch(dataDir, options, ["--timestamp", String(time)]);
  if (options.time > time) await setChainTime(anvil.rpc, options.time);
  return anvil;
}

/** The time of the chain's first block: that of its first start. */
function genesisTime(dataDir: string, present: number): number {
  const file = join(dataDir, "genesis-time");
  if (!existsSync(file)) writeFileSync(file, String(present), { mode: 0o600, flush: true });
  return Number(readFileSync(file, "utf8"));
}

async function launch(dataDir: string, options: AnvilOptions, args: readonly string[]): Promise<Anvil> {
  const port = options.port ?? (await freePort());
  const logFile = options.logFile ?? join(dataDir, "start.log");
  const log = openSync(logFile, options.logFile === undefined ? "w" : "a", 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(
    binary(),
    [...flags, "--port", String(port), "--cache-path", join(dataDir, "states"), ...args],
    {
      cwd: dataDir,
      env: inheritedEnv(),
      stdio: ["ignore", log, log],
      detached: true,
    },
  );
  closeSync(log);
  const exited = exitOf(child);
  tether(child, "TERM");
  const url = `http://${host}:${port}`;
  const rpc = createRpc([url], { timeoutMs: dumpTimeoutMs });
  const early = exited.then(() => {
    const text = readFileSync(logFile).subarray(logStart).toString().trim().split("\n").slice(-5).join(" | ");
    throw text.includes("--load-state")
      ? new UnloadableState(text)
      : new Error(`anvil did not start: ${text}`);
  });
  try {
    await Promise.race([answers(rpc), early]);
  } catch (error) {
    rpc.close();
    child.kill("SIGKILL");
    throw error;
  }
  return {
    url,
    port,
    pid: child.pid ?? 0,
    rpc,
    exited,
    stop: async () => {
      rpc.close();
      await endChild(child, ["SIGTERM", "SIGKILL"], stopGraceMs);
    },
  };
}

async function answers(rpc: Rpc): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      await rpc.call("eth_chainId");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error("anvil does not answer.", { cause: error });
      await sleep(retryEveryMs);
    }
  }
}

/** The platform package holds the program itself; the wrapper package would put one more process in between. */
function binary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json"));
  const platform = process.platform === "win32" ? "win32" : process.platform;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  return require.resolve(
    `@foundry-rs/anvil-${platform}-${arch}/bin/anvil${platform === "win32" ? ".exe" : ""}`,
  );
}
