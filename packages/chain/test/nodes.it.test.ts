import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeState } from "@genbo/domain/node-states";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Fault, type FaultyNode, openFaultyNode } from "../../../test/support/faulty-node.ts";
import { type Anvil, startAnvil } from "../src/anvil.ts";
import { createBlockReader } from "../src/blocks.ts";
import { followBlocks } from "../src/follower.ts";
import { type Nodes, type NodesOptions, openNodes } from "../src/nodes/nodes.ts";
import { callsPerRequestMax } from "../src/rpc.ts";
import { NodeUnavailable } from "../src/rpc-errors.ts";

let dataDir: string;
let anvil: Anvil;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "genbo-nodes-"));
  anvil = await startAnvil({ dataDir, time: 1_627_776_000 });
  for (let index = 0; index < 20; index += 1) await anvil.rpc.call("evm_mine");
});
afterAll(async () => {
  await anvil.stop();
  rmSync(dataDir, { recursive: true });
});

/** Nodes of one real chain, each behind a proxy with its fault. */
async function network(
  faults: readonly Fault[],
  options: NodesOptions = {},
  atEnd: typeof onTestFinished = onTestFinished,
) {
  const proxies: FaultyNode[] = [];
  for (const fault of faults) proxies.push(await openFaultyNode(anvil.url, fault));
  const nodes = openNodes(
    proxies.map(({ url }) => url),
    options,
  );
  atEnd(async () => {
    await nodes.close();
    for (const proxy of proxies) await proxy.close();
  });
  return { proxies, nodes };
}

async function until(what: string, look: () => boolean, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!look()) {
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}
const stateOf = (nodes: Nodes, index: number) => nodes.health()[index]!.state;
const height = async () => Number(await anvil.rpc.call<string>("eth_blockNumber"));

const faults: [string, Fault, NodeState, RegExp][] = [
  ["lags", { standsAt: 3 }, "lags", /is at block 3, others are at \d+/],
  ["lies about its head", { boasts: 1_000 }, "lies", /says that it has block \d+ and does not give it/],
  ["answers slowly", { slowMs: 900 }, "slow", /takes \d+ ms to answer/],
  ["does not answer", "hangs", "away", /no answer within 2000 ms/],
  ["drops half its answers", "dropsHalf", "unreliable", /% of its last answers failed/],
  ["serves another chain", { chainId: 1 }, "other_chain", /its chainId is 1, ours is 31337/],
  ["has left the chain", "otherBranch", "disagrees", /another block than other nodes/],
  ["is still syncing", "syncing", "syncing", /block 5 of 1234/],
  ["is a web page", "webPage", "away", /not a JSON-RPC node but perhaps a web page/],
];

test.concurrent.for(faults)(
  "a node that %s is left out and named; the others are asked, and the fault's end brings it back",
  { timeout: 60_000 },
  async ([_what, fault, state, reason], { expect, onTestFinished }) => {
    const changes: string[] = [];
    const options: NodesOptions = {
      known: async () => ({ chainId: 31_337 }),
      onChange: (health) => changes.push(health.state),
    };
    const { proxies, nodes } = await network(["none", "none", "none"], options, onTestFinished);
    await until("all are good", () => nodes.health().every((each) => each.state === "good"));
    proxies[0]!.fault = fault;
    // Judged while it is half broken, a node that drops answers is away at one look and not at the next.
    await until(`it is ${state}`, () => stateOf(nodes, 0) === state);
    expect(nodes.health()[0]).toMatchObject({
      node: new URL(proxies[0]!.url).host,
      reason: expect.stringMatching(reason),
    });
    const before = proxies[0]!.calls.get("eth_gasPrice") ?? 0;
    const began = performance.now();
    for (let call = 0; call < 20; call += 1) expect(await nodes.rpc.call("eth_gasPrice")).toBe("0x0");
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(proxies[0]!.calls.get("eth_gasPrice") ?? 0).toBe(before);
    proxies[0]!.fault = "none";
    await until("it is good again", () => stateOf(nodes, 0) === "good", 30_000);
    expect(changes).toContain(state);
  },
);

test("what is under way at a node that stops answering goes to the next one", async () => {
  const { proxies, nodes } = await network(["none", "none"]);
  await until("both are good", () => nodes.health().every(({ state }) => state === "good"));
  const first = proxies.find(({ url }) => url === nodes.rpc.url())!;
  first.fault = "hangs";
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 5 }, () => nodes.rpc.call<string>("eth_chainId")));
  expect(answers).toEqual(Array(5).fill("0x7a69"));
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("bytes that one node has already are not held up by a node that hangs", async () => {
  const { proxies, nodes } = await network(["none", "none"]);
  await until("both are good", () => nodes.health().every(({ state }) => state === "good"));
  proxies[0]!.fault = { refusesSending: "already known" };
  proxies[1]!.fault = "hangs";
  const began = performance.now();
  const answers = await nodes.everybody({ method: "eth_sendRawTransaction", params: ["0x00"] });
  expect(answers).toMatchObject([{ error: { message: expect.stringContaining("already known") } }]);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test("a node that fails at one method is asked no more while another can; what none can do is no node's fault", async () => {
  const failsAt = { failsAt: "eth_getBlockReceipts", code: -32_603, message: "Internal error" };
  const { proxies, nodes } = await network(["none", "none"]);
  await until("both are good", () => nodes.health().every(({ state }) => state === "good"));
  const [first, second] = proxies[0]!.url === nodes.rpc.url() ? proxies : proxies.toReversed();
  first!.fault = failsAt;
  for (let call = 0; call < 20; call += 1)
    expect(await nodes.rpc.call("eth_getBlockReceipts", "0x1")).toEqual([]);
  expect(first!.calls.get("eth_getBlockReceipts")).toBe(1);
  second!.fault = failsAt;
  for (let call = 0; call < 20; call += 1)
    await expect(nodes.rpc.call("eth_getBlockReceipts", "0x1")).rejects.toBeInstanceOf(NodeUnavailable);
  await sleep(1_500);
  expect(nodes.health().map(({ state }) => state)).toEqual(["good", "good"]);
});

test("a node that has no latest block for a moment is good, and its head is the newest that it has", async () => {
  const { nodes } = await network(["noLatest"]);
  await until("it is looked at", () => nodes.health()[0]!.head !== null);
  expect(stateOf(nodes, 0)).toBe("good");
  const { number } = await createBlockReader(nodes.rpc).head();
  expect(number).toBe(await height());
});

test("with two nodes a block is confirmed once both have it, with one at once", async () => {
  const { proxies, nodes } = await network(["none", "none"]);
  await until("both are good", () => nodes.health().every(({ state }) => state === "good"));
  const at = await height();
  const [hash] = await createBlockReader(anvil.rpc).hashesAt([at]);
  const block = { number: at, hash: hash! };
  expect(await nodes.confirm(block)).toBe(true);
  expect(await nodes.confirm({ ...block, hash: `0x${"0".repeat(64)}` })).toBe(false);
  for (const fault of [{ standsAt: at - 1 }, "away", "otherBranch"] satisfies Fault[]) {
    proxies[1]!.fault = fault;
    expect({ fault, confirmed: await nodes.confirm(block) }).toEqual({ fault, confirmed: false });
  }
  const one = await network(["none"]);
  expect(await one.nodes.confirm(block)).toBe(true);
});

test("a follower takes no block that one node alone has, and goes on without a gap while nodes come and go", async () => {
  const { proxies, nodes } = await network(["none", "none", "none"]);
  await until("all are good", () => nodes.health().every(({ state }) => state === "good"));
  const stop = new AbortController();
  const seen: number[] = [];
  const [hash] = await createBlockReader(anvil.rpc).hashesAt([0]);
  const following = (async () => {
    const options = { signal: stop.signal, confirm: nodes.confirm, final: true };
    for await (const followed of followBlocks(
      createBlockReader(nodes.rpc),
      { number: 0, hash: hash! },
      options,
    )) {
      if (followed.type === "reorg") throw new Error("a reorg");
      seen.push(...followed.blocks.map(({ number }) => number));
    }
  })();
  following.catch(() => undefined);
  const reaches = async (goal: number) => until(`block ${goal}`, () => (seen.at(-1) ?? 0) >= goal);
  await reaches(await height());
  // Two that stand still cannot confirm what the third has.
  const stands = await height();
  proxies[1]!.fault = { standsAt: stands };
  proxies[2]!.fault = { standsAt: stands };
  for (let index = 0; index < 3; index += 1) await anvil.rpc.call("evm_mine");
  await sleep(1_500);
  expect(seen.at(-1)).toBe(stands);
  proxies[2]!.fault = "none";
  await reaches(stands + 3);
  proxies[1]!.fault = "none";
  for (const fault of ["dropsHalf", "away", "none", { boasts: 50 }, { standsAt: stands }] satisfies Fault[]) {
    proxies[0]!.fault = fault;
    await anvil.rpc.call("evm_mine");
    await reaches(await height());
  }
  stop.abort();
  await following;
  expect(seen).toEqual(seen.map((_, index) => index + 1));
}, 60_000);

test("a chain without blocks is halted since its last one, and running with the next", async () => {
  const { nodes } = await network(["none"], { haltedAfterMs: 2_000 });
  await anvil.rpc.call("evm_setIntervalMining", 0);
  const { timestamp } = await anvil.rpc.call<{ timestamp: string }>("eth_getBlockByNumber", "latest", false);
  await until("it is halted", () => nodes.progress().state === "halted");
  expect(nodes.progress()).toEqual({ state: "halted", since: new Date(Number(timestamp) * 1000) });
  await anvil.rpc.call("evm_setIntervalMining", 1);
  await until("it runs", () => nodes.progress().state === "running");
});

test("a database is bound to no chain while there is a doubt which one it is", async () => {
  const doubtful = await network(["none", { chainId: 5 }]);
  await expect(doubtful.nodes.identity()).rejects.toThrow("names nodes of another chain");
  const wrong = await network([{ chainId: 5 }], { known: async () => ({ chainId: 31_337 }) });
  await expect(wrong.nodes.identity()).rejects.toThrow(
    "its chainId is 5, ours is 31337; correct CHAIN_RPC_URLS",
  );
  await expect(wrong.nodes.rpc.call("eth_chainId")).rejects.toThrow("no node may be asked");
  const mixed = await network([{ chainId: 5 }, "none"], { known: async () => ({ chainId: 31_337 }) });
  expect(await mixed.nodes.identity()).toMatchObject({ chainId: 31_337 });
});

test("a node that takes fewer calls a request gets them in parts", async () => {
  const { proxies, nodes } = await network([{ callsMax: 60 }]);
  const calls = Array.from({ length: callsPerRequestMax }, () => ({ method: "eth_chainId", params: [] }));
  expect(await nodes.rpc.all(calls)).toEqual(calls.map(() => "0x7a69"));
  expect(await nodes.rpc.all(calls)).toEqual(calls.map(() => "0x7a69"));
  expect(proxies[0]!.calls.get("eth_chainId")).toBeGreaterThanOrEqual(2 * callsPerRequestMax);
});
