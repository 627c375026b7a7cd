import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { type Anvil, setChainTime, startAnvil } from "@genbo/chain/anvil";
import { dumpState } from "@genbo/chain/anvil-state";
import { afterEach, beforeEach, expect, test } from "vitest";

interface Block {
  number: string;
  hash: string;
  timestamp: string;
}

const genesis = Date.parse("2021-08-01T00:00:00+09:00") / 1000;
const day = 86_400;
let dataDir = "";
let anvil: Anvil;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "genbo-anvil-"));
  anvil = await startAnvil({ dataDir, time: genesis });
});

afterEach(async () => {
  await anvil.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const block = (tag: string) => anvil.rpc.call<Block>("eth_getBlockByNumber", tag, true);
const time = async (tag = "latest") => Number((await block(tag)).timestamp);
const mine = async (count: number) => {
  for (let i = 0; i < count; i += 1) await anvil.rpc.call("evm_mine");
};
const killAndRestart = async (at: number) => {
  process.kill(anvil.pid, "SIGKILL");
  await anvil.exited;
  anvil = await startAnvil({ dataDir, time: at, port: anvil.port });
};

test("after kill -9 it stands where the last dump stood, every block the same, and time goes on", async () => {
  await mine(5);
  await setChainTime(anvil.rpc, genesis + 30 * day);
  await dumpState(anvil.rpc, dataDir);
  const head = await block("latest");
  const third = await block("0x3");
  await mine(3);

  await killAndRestart(genesis + 40 * day);
  expect(await block(head.number)).toEqual(head);
  expect(await block("0x3")).toEqual(third);
  await mine(1);
  expect(Number((await block("latest")).number)).toBeGreaterThan(Number(head.number));
  expect(await time()).toBeGreaterThanOrEqual(genesis + 40 * day);
  expect(await time()).toBeLessThan(genesis + 40 * day + 60);
});

test("it writes no line for what it is asked", async () => {
  await mine(20);
  expect(readFileSync(join(dataDir, "start.log"), "utf8")).toBe("");
});

test("without a dump it begins again with the same genesis, at the present time", async () => {
  const first = await block("0x0");
  await killAndRestart(genesis + 2 * day);
  expect(await block("0x0")).toEqual(first);
  expect(await time()).toBeGreaterThanOrEqual(genesis + 2 * day);
});

test("any number of dumps and restarts keep the one genesis block", async () => {
  const first = await block("0x0");
  for (let restart = 1; restart <= 6; restart += 1) {
    await dumpState(anvil.rpc, dataDir);
    await killAndRestart(genesis + restart * day);
    expect(await block("0x0")).toEqual(first);
    await mine(1);
    expect(await time()).toBeGreaterThanOrEqual(genesis + restart * day);
  }
});

test("a torn dump gives way to the one before it, and is not kept in its place", async () => {
  await mine(2);
  await dumpState(anvil.rpc, dataDir);
  const older = await block("latest");
  await mine(2);
  await dumpState(anvil.rpc, dataDir);
  const file = join(dataDir, "state.json.gz");
  writeFileSync(file, readFileSync(file).subarray(0, 500));

  await killAndRestart(genesis);
  expect(await block(older.number)).toEqual(older);
  await dumpState(anvil.rpc, dataDir);
  await killAndRestart(genesis);
  expect(await block(older.number)).toEqual(older);
  expect(readdirSync(dataDir).sort()).toContain("state.json.gz.torn");
});

test("with no whole dump left it refuses rather than begin an empty chain", async () => {
  await dumpState(anvil.rpc, dataDir);
  process.kill(anvil.pid, "SIGKILL");
  await anvil.exited;
  writeFileSync(join(dataDir, "state.json.gz"), "not a dump");
  await expect(startAnvil({ dataDir, time: genesis })).rejects.toThrow("No dump of the chain");
  await expect(startAnvil({ dataDir, time: genesis })).rejects.toThrow("No dump of the chain");
});

test("time moves forward only, and a restart never takes it back", async () => {
  await setChainTime(anvil.rpc, genesis + day);
  expect(await time()).toBeGreaterThanOrEqual(genesis + day);
  await expect(setChainTime(anvil.rpc, genesis)).rejects.toThrow();
  await expect.poll(() => time(), { timeout: 5_000 }).toBeGreaterThan(genesis + day);
  await dumpState(anvil.rpc, dataDir);
  await killAndRestart(genesis);
  await mine(1);
  expect(await time()).toBeGreaterThanOrEqual(genesis + day);
});

test("a dump made while blocks come has as many transactions as its accounts say", async () => {
  const from = `0x${"5e".repeat(20)}`;
  await anvil.rpc.call("anvil_impersonateAccount", from);
  const send = (nonce: number) => ({
    method: "eth_sendTransaction",
    params: [{ from, to: from, gas: "0x5208", gasPrice: "0x0", nonce: `0x${nonce.toString(16)}` }],
  });
  // So many that a block takes its time, and not for ever: a slow machine dumps between blocks in the end.
  const perBlock = 200;
  const sentMax = 40 * perBlock;
  let isLoaded = true;
  const load = (async () => {
    for (let nonce = 0; isLoaded && nonce < sentMax; nonce += perBlock) {
      await anvil.rpc.all(Array.from({ length: perBlock }, (_, i) => send(nonce + i)));
      await anvil.rpc.call("evm_mine");
      await sleep(50);
    }
    isLoaded = false;
  })();
  try {
    while (isLoaded) {
      await dumpState(anvil.rpc, dataDir);
      const dump = JSON.parse(gunzipSync(readFileSync(join(dataDir, "state.json.gz"))).toString()) as {
        accounts: Record<string, { nonce: number }>;
        blocks: { transactions: unknown[] }[];
      };
      const mined = dump.blocks.flatMap(({ transactions }) => transactions).length;
      expect(dump.accounts[from]?.nonce ?? 0).toBe(mined);
    }
  } finally {
    isLoaded = false;
    await load;
  }
}, 120_000);

test("empty blocks hold no dump up, however fast they come", async () => {
  await mine(1);
  let isMining = true;
  const blocks = (async () => {
    while (isMining) await anvil.rpc.call("evm_mine");
  })();
  await dumpState(anvil.rpc, dataDir);
  isMining = false;
  await blocks;
  await killAndRestart(genesis);
  // The dump may have been made before the loop's first block.
  expect(Number((await block("latest")).number)).toBeGreaterThanOrEqual(1);
});
