import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Addresses } from "@genbo/chain/deployment";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chainBinary } from "./binary.ts";
import {
  type Block,
  blockAt,
  blocksOf,
  expectHalted,
  expectSameBlock,
  heightOf,
  moreBlocks,
  roundsMs,
} from "./chain.ts";
import { type Consortium, startConsortium } from "./consortium.ts";
import { deploy, newSigner, recordedWallets, startLoad } from "./load.ts";
import type { NodeSlot } from "./node.ts";
import { waitFor } from "./wait.ts";

const binary = chainBinary();
const perSecond = 50;

// The tests are one story and follow each other on the same network.
describe.skipIf(binary === undefined)("four validators", () => {
  let dir: string;
  let net: Consortium;
  let registry: string;
  const sender = newSigner();
  /** What was seen, for whoever runs this; printed at the end. */
  const seen: string[] = [];
  const chainId = () => net.network().genesis.chainId;
  const slot = (number: number): NodeSlot => net.slots[number - 1] as NodeSlot;
  const rpcs = () => net.running().map(({ rpc }) => rpc);

  let failed = true;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "genbo-consortium-"));
    seen.push(`logs in ${dir}/nodes`);
    net = await startConsortium(binary!, dir);
    failed = false;
  });
  afterEach(({ task }) => {
    failed ||= task.result?.state === "fail";
  });
  afterAll(async () => {
    await net?.close();
    if (!failed) await rm(dir, { recursive: true, force: true });
    console.log(seen.slice(failed ? 0 : 1).join("\n"));
  });

  test("each has the three others as peers", async () => {
    for (const { node, rpc } of net.slots) {
      await waitFor(
        `${node.name} has three peers`,
        async () => Number(await rpc.call("net_peerCount")) === 3,
        60_000,
      );
    }
  });

  test("they make a block each second, in turn, and agree on it", async () => {
    // Validators that start a moment apart may need a second round for the first block.
    await moreBlocks(net.slots, 3, 60_000);
    const goal = await moreBlocks(net.slots, 13, 60_000);
    const blocks = await blocksOf(slot(1).rpc, goal - 12, goal);
    const gaps = gapsOf(blocks);
    expect(Math.min(...gaps)).toBe(1);
    // A busy machine may now and then take two seconds for one.
    expect(sum(gaps)).toBeLessThanOrEqual(15);
    seen.push(`12 blocks in ${sum(gaps)} s`);
    expect(new Set(blocks.map((block) => block.proposer))).toEqual(new Set(net.network().genesis.validators));
    await expectSameBlock(net.slots, goal);
  });

  test("gas is free, and the gas limit stays where the genesis put it", async () => {
    const { rpc } = slot(2);
    expect(Number(await rpc.call("eth_gasPrice"))).toBe(0);
    const head = await blockAt(rpc, await heightOf(rpc));
    expect(head.gasLimit).toBe(net.network().genesis.gasLimit);
  });

  test("the platform's contracts deploy as planned", async () => {
    const addresses: Addresses = await deploy(slot(1).rpc, chainId(), sender.address);
    for (const { rpc } of net.slots) {
      for (const address of Object.values(addresses)) {
        const code = await waitFor(
          "code",
          async () => (await rpc.call<string>("eth_getCode", address, "latest")).length > 2,
          5_000,
        );
        expect(code).toBe(true);
      }
    }
    registry = addresses.holderRegistry;
  });

  let nonce = 0;
  let expected: string[] = [];

  /** Runs `act` under a stream of transactions, and sees that each was mined once, in the order of sending. */
  async function underLoad(act: () => Promise<void>, settleMs = 120_000): Promise<Block[]> {
    const from = await heightOf(rpcs()[0]!);
    const load = startLoad(rpcs, chainId(), registry, sender, nonce, perSecond);
    try {
      await act();
    } finally {
      expected = [...expected, ...(await load.finish(settleMs))];
      nonce = expected.length;
    }
    const to = await moreBlocks(net.running(), 2, 30_000);
    await expectSameBlock(net.running(), to);
    for (const rpc of rpcs()) expect(await recordedWallets(rpc, registry)).toEqual(expected);
    return blocksOf(rpcs()[0]!, from, to);
  }

  test("one is killed under load: the chain goes on and nothing is lost or doubled", async () => {
    const blocks = await underLoad(async () => {
      await moreBlocks(net.running(), 3, 30_000);
      await net.kill("validator-2");
      await moreBlocks(net.running(), 12, roundsMs);
    });
    seen.push(`one of four killed: longest wait for a block ${Math.max(...gapsOf(blocks))} s`);
  });

  test("it comes back, catches up, and each validator has its turn again", async () => {
    const began = Date.now();
    await net.start("validator-2");
    const level = await moreBlocks(net.slots, 1, 90_000);
    seen.push(`killed node level again after ${seconds(began)} s`);
    await expectSameBlock(net.slots, level);
    const { rpc } = slot(2);
    await waitFor(
      "a block of each validator",
      async () => {
        const blocks = await blocksOf(rpc, level, await heightOf(rpc));
        return new Set(blocks.map(({ proposer }) => proposer)).size === net.slots.length;
      },
      60_000,
    );
  });

  test("two are killed under load: the chain halts, takes transactions, and mines each once when they return", async () => {
    const blocks = await underLoad(async () => {
      const halted = Date.now();
      await net.kill("validator-3");
      await net.kill("validator-4");
      // A block that was already signed may still come in.
      await waitFor("the last block", async () => !(await grows(net.running(), 3_000)), 30_000);
      await expectHalted(net.running(), 15_000);
      await net.start("validator-3");
      await net.start("validator-4");
      const away = seconds(halted);
      const back = Date.now();
      await moreBlocks(net.slots, 1, 180_000);
      seen.push(`two of four away for ${away} s: blocks again ${seconds(back)} s after both were back`);
    });
    seen.push(`longest wait for a block over the halt ${Math.max(...gapsOf(blocks))} s`);
  });

  test("one is cut off under load: the others go on, it gets nothing, and heals", async () => {
    await underLoad(async () => {
      net.cut("validator-1");
      const before = await heightOf(slot(1).rpc);
      const others = net.slots.slice(1);
      await moreBlocks(others, 10, roundsMs);
      expect(await heightOf(slot(1).rpc)).toBeLessThanOrEqual(before + 1);
      const began = Date.now();
      net.mend("validator-1");
      await moreBlocks(net.slots, 1, 120_000);
      seen.push(`cut off and healed: level again after ${seconds(began)} s`);
    });
  });

  test("a fifth is voted in, makes blocks, and is voted out again", async () => {
    const fifth = await net.add();
    await net.start(fifth.node.name);
    await moreBlocks(net.slots, 1, 90_000);
    const began = Date.now();
    await vote(net.slots.slice(0, 3), net.rpcNames.vote, fifth.node.address, true);
    await waitForValidators([...net.network().genesis.validators, fifth.node.address]);
    seen.push(`fifth validator in ${seconds(began)} s after three of four had voted`);
    await waitFor(
      "a block of the fifth",
      async () => (await blockAt(slot(1).rpc, await heightOf(slot(1).rpc))).proposer === fifth.node.address,
      60_000,
    );
    await vote(net.slots.slice(0, 3), net.rpcNames.discard, fifth.node.address);
    await vote(net.slots.slice(0, 3), net.rpcNames.vote, fifth.node.address, false);
    await waitForValidators(net.network().genesis.validators);
    await vote(net.slots.slice(0, 3), net.rpcNames.discard, fifth.node.address);
    await moreBlocks(net.slots, 5, 60_000);
    await waitForValidators(net.network().genesis.validators);
  });

  async function vote(slots: readonly NodeSlot[], method: string, ...params: unknown[]): Promise<void> {
    for (const { rpc } of slots) await rpc.call(method, ...params);
  }

  async function waitForValidators(addresses: readonly string[]): Promise<void> {
    const goal = [...addresses].sort().join();
    for (const { node, rpc } of net.slots) {
      await waitFor(
        `${node.name} has ${addresses.length} validators`,
        async () => (await rpc.call<string[]>(net.rpcNames.validators, "latest")).sort().join() === goal,
        90_000,
      );
    }
  }
});

const gapsOf = (blocks: readonly Block[]): number[] =>
  blocks.slice(1).map((block, index) => block.time - (blocks[index] as Block).time);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const seconds = (began: number): string => ((Date.now() - began) / 1000).toFixed(1);

async function grows(slots: readonly NodeSlot[], ms: number): Promise<boolean> {
  return expectHalted(slots, ms).then(
    () => false,
    () => true,
  );
}
