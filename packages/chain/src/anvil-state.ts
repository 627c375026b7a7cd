import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { quantity, readQuantity } from "./hex.ts";
import type { Rpc } from "./rpc.ts";

const newest = "state.json.gz";
const previous = "state.previous.json.gz";
const gzipMagic = 0x1f8b;
const calmMsMax = 10_000;
const calmPauseMsMax = 20;

/** Where a local platform's chain lies in its data folder. */
export const chainFolder = (dataDir: string): string => join(dataDir, "chain");

/** A dump that anvil can load. */
export interface StateFile {
  /** Unpacked, for `--load-state`. */
  path: string;
  /** Time of its last block, in Unix seconds. */
  time: number;
  /** Says that anvil could not load it: it is put aside and the older generation's turn comes. */
  reject(): void;
}

/**
 * Writes the whole chain to `dir` and keeps the dump before it. A crash at any moment leaves at least one whole
 * dump: the new one is renamed into place only when it lies on the disk. Several processes may call it.
 * @throws Error when transactions were mined during each of its tries; the dumps of before stay
 */
export async function dumpState(rpc: Rpc, dir: string): Promise<void> {
  const dump = await calmDump(rpc);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const temporary = join(dir, `${newest}.${process.pid}.new`);
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(dump);
    await file.sync();
  } finally {
    await file.close();
  }
  if (existsSync(join(dir, newest))) await rename(join(dir, newest), join(dir, previous));
  await rename(temporary, join(dir, newest));
  await syncFolder(dir);
}

/**
 * anvil copies its blocks before its accounts: transactions mined in between would leave accounts that no block of the
 * dump explains, and the chain that loads it would refuse what the register holds. Empty blocks change no account.
 */
async function calmDump(rpc: Rpc): Promise<Buffer> {
  const deadline = performance.now() + calmMsMax;
  do {
    const before = readQuantity(await rpc.call<string>("eth_blockNumber"));
    const dump = Buffer.from((await rpc.call<string>("anvil_dumpState")).slice(2), "hex");
    if (dump.length < 2 || dump.readUInt16BE() !== gzipMagic)
      throw new Error("anvil_dumpState gave no gzip stream.");
    if (await onlyEmptyBlocksSince(rpc, before)) return dump;
    await sleep(Math.random() * calmPauseMsMax);
  } while (performance.now() < deadline);
  throw new Error(`transactions were mined during each dump of ${calmMsMax / 1000} s`);
}

async function onlyEmptyBlocksSince(rpc: Rpc, before: number): Promise<boolean> {
  const now = readQuantity(await rpc.call<string>("eth_blockNumber"));
  for (let number = before + 1; number <= now; number += 1) {
    const block = await rpc.call<{ transactions: string[] }>("eth_getBlockByNumber", quantity(number), false);
    if (block.transactions.length > 0) return false;
  }
  return true;
}

/**
 * The newest whole dump of the chain that began at `genesis` (Unix seconds), or undefined when there has never been one. gzip's checksum tells a torn file.
 * @throws Error when there are dumps but none is whole: starting an empty chain beside a full register would be worse.
 */
export function loadState(dir: string, genesis: number): StateFile | undefined {
  let found = false;
  for (const name of [newest, previous]) {
    const file = join(dir, name);
    if (!existsSync(file)) continue;
    found = true;
    const reject = () => renameSync(file, `${file}.torn`);
    try {
      const json = oneGenesis(gunzipSync(readFileSync(file)), genesis);
      const path = join(dir, "load.json");
      const time = lastBlockTime(json);
      writeFileSync(path, json, { mode: 0o600 });
      return { path, time, reject };
    } catch {
      // Out of the way, or the next dump would put it in the place of the good one.
      reject();
    }
  }
  if (found || existsSync(join(dir, `${newest}.torn`))) {
    throw new Error(
      `No dump of the chain in ${dir} is whole. Put a copy of ${newest} back, or remove the data folder to start anew.`,
    );
  }
  return undefined;
}

const genesisBlock =
  /,?\{"header":\{"parentHash":"0x0{64}"[^{}]*"timestamp":"(0x[0-9a-f]+)"[^{}]*\},"transactions":\[\][^{}]*\}/g;

/**
 * Each start of anvil makes a block 0 of its own time, which stays in the dump beside the chain's; which of them is
 * block 0 after the next load is then a matter of chance. Only the chain's own is kept.
 */
function oneGenesis(json: Buffer, genesis: number): Buffer {
  const text = json.toString("latin1");
  const others = [...text.matchAll(genesisBlock)].filter((match) => Number(match[1]) !== genesis);
  if (others.length === 0) return json;
  let kept = "";
  let from = 0;
  for (const { index, 0: block } of others) {
    kept += text.slice(from, index);
    from = index + block.length;
  }
  return Buffer.from((kept + text.slice(from)).replace('"blocks":[,', '"blocks":['), "latin1");
}

export function dropLoadedState(dir: string): void {
  rmSync(join(dir, "load.json"), { force: true });
}

/** anvil writes the block environment first, so the head of a file of any size is enough. */
function lastBlockTime(json: Buffer): number {
  const match = /^\{"block":\{[^}]*"timestamp":"(0x[0-9a-f]+)"/.exec(json.toString("latin1", 0, 4_096));
  if (match?.[1] === undefined) throw new Error("no block environment");
  return Number(match[1]);
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(dir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
