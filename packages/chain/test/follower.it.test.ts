import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestChain,
  type TestChain,
  testAdmin,
  testCommand,
  testSigner,
} from "../../../test/support/deployed-chain.ts";
import { openFaultyNode } from "../../../test/support/faulty-node.ts";
import { type Anvil, localChainId, setChainTime, startAnvil } from "../src/anvil.ts";
import { type ChainBlock, createBlockReader } from "../src/blocks.ts";
import { type Followed, followBlocks, logsPerReadMax } from "../src/follower.ts";
import { hexOf } from "../src/hex.ts";
import { readChainIdentity } from "../src/identity.ts";
import { openNodes } from "../src/nodes/nodes.ts";
import { createRpc } from "../src/rpc.ts";
import { signTransaction } from "../src/sign.ts";

let dataDir: string;
let anvil: Anvil;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "genbo-follow-"));
  anvil = await startAnvil({ dataDir, time: 1_627_776_000 });
});
afterAll(async () => {
  await anvil.stop();
  rmSync(dataDir, { recursive: true });
});

const mine = async (count: number) => {
  for (let index = 0; index < count; index += 1) await anvil.rpc.call("evm_mine");
};

/** What the follower yields from `number` on until `enough` says so. */
async function follow(
  number: number,
  enough: (blocks: ChainBlock[], last: Followed) => boolean | Promise<boolean>,
  blocksPerLot = 64,
) {
  const reader = createBlockReader(anvil.rpc);
  const [hash] = await reader.hashesAt([number]);
  const stop = new AbortController();
  const blocks: ChainBlock[] = [];
  const lots: number[] = [];
  for await (const followed of followBlocks(
    reader,
    { number, hash: hash! },
    { signal: stop.signal, blocksPerLot },
  )) {
    if (followed.type === "blocks") {
      blocks.push(...followed.blocks);
      lots.push(followed.blocks.length);
    }
    if (followed.type === "reorg" || (await enough(blocks, followed))) {
      stop.abort();
      return { blocks, lots, last: followed };
    }
  }
  throw new Error("the follower ended");
}

test("catches up in lots, then follows block by block, in order and without a gap", async () => {
  await mine(30);
  let more = 3;
  const { blocks, lots } = await follow(
    0,
    async (seen, last) => {
      if (last.type !== "blocks" || seen.at(-1)!.number < last.head) return false;
      more -= 1;
      if (more === 0) return true;
      await mine(1);
      return false;
    },
    8,
  );
  expect(Math.max(...lots)).toBe(8);
  expect(blocks.map(({ number }) => number)).toEqual(blocks.map((_, index) => index + 1));
  for (const [index, block] of blocks.slice(1).entries()) expect(block.parentHash).toBe(blocks[index]!.hash);
});

test("blocks are read the fewer at once the fuller they are", async () => {
  await mine(60);
  const reader = createBlockReader(anvil.rpc);
  const head = await reader.head();
  const first = head.number - 50;
  const [hash] = await reader.hashesAt([first]);
  /** As full as a third of what one request should bring, from the 20th on. */
  const logs = Array.from({ length: logsPerReadMax / 3 }, () => ({}) as never);
  const fill = (block: ChainBlock): ChainBlock => {
    const transactions = [{ hash: block.hash, index: 0, from: "", succeeded: true, logs }];
    return block.number < first + 20 ? block : { ...block, transactions };
  };
  const full = {
    ...reader,
    read: async (from: number, to: number) => (await reader.read(from, to)).map(fill),
  };
  const { signal } = new AbortController();
  const lots: number[] = [];
  for await (const lot of followBlocks(full, { number: first, hash: hash! }, { signal, until: head.number }))
    if (lot.type === "blocks") lots.push(lot.blocks.length);
  expect(lots.slice(0, 4)).toEqual([1, 2, 4, 8]);
  const [after, ...rest] = lots.slice(5);
  expect(after).toBeLessThanOrEqual(16);
  expect(rest.slice(0, 5)).toEqual([3, 3, 3, 3, 3]);
});

test("tells a branch that left the last block, and a head below it", async () => {
  await mine(10);
  const once = (act: () => Promise<unknown>) => {
    let done: Promise<unknown> | undefined;
    return async () => {
      done ??= act();
      await done;
      return false;
    };
  };
  const height = async () => Number(await anvil.rpc.call<string>("eth_blockNumber"));
  const now = async () =>
    Number((await anvil.rpc.call<{ timestamp: string }>("eth_getBlockByNumber", "latest", false)).timestamp);
  const snapshot = await anvil.rpc.call<string>("evm_snapshot");
  await mine(5);
  const lower = await follow(
    (await height()) - 1,
    once(() => anvil.rpc.call("evm_revert", snapshot)),
  );
  expect(lower.last.type).toBe("reorg");

  const other = await anvil.rpc.call<string>("evm_snapshot");
  await mine(3);
  const leave = async () => {
    await anvil.rpc.call("evm_revert", other);
    await setChainTime(anvil.rpc, (await now()) + 100);
    await mine(5);
  };
  const branched = await follow((await height()) - 1, once(leave));
  expect(branched.last.type).toBe("reorg");
});

test("a chain of another genesis or id is named as such", async () => {
  const identity = await readChainIdentity(anvil.rpc, undefined);
  expect(await readChainIdentity(anvil.rpc, identity)).toEqual(identity);
  await expect(
    readChainIdentity(anvil.rpc, { ...identity, genesisHash: `0x${"00".repeat(32)}` }),
  ).rejects.toThrow("another chain: its genesisHash");
  await expect(readChainIdentity(anvil.rpc, { chainId: 1 })).rejects.toThrow(
    "its chainId is 31337, the database belongs to 1",
  );
});

test("receipts come one by one from a node that does not give them by block, and are the same", async () => {
  const chain: TestChain = await startTestChain();
  /** Stands before the node and does not have that method, as GoQuorum's geth. */
  const proxy = createServer(async (request, response) => {
    const calls = JSON.parse((await request.toArray()).join("")) as {
      id: number;
      method: string;
      params: unknown[];
    }[];
    const known = calls.filter(({ method }) => method !== "eth_getBlockReceipts");
    const answered = await chain.rpc.batch(known);
    const answers = known.map(({ id }, index) => ({ jsonrpc: "2.0", id, ...answered[index] }));
    const unknown = calls.filter(({ method }) => method === "eth_getBlockReceipts");
    const error = {
      code: -32_601,
      message: "the method eth_getBlockReceipts does not exist/is not available",
    };
    response.end(JSON.stringify([...answers, ...unknown.map(({ id }) => ({ jsonrpc: "2.0", id, error }))]));
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  try {
    const role = testCommand("grantRole", null, "g", { role: "1", account: testSigner(2).address });
    await chain.run(testAdmin, [role]);
    const head = Number(await chain.rpc.call<string>("eth_blockNumber"));
    const whole = await createBlockReader(chain.rpc).read(0, head);
    const single = await createBlockReader(
      createRpc([`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`]),
    ).read(0, head);
    expect(single).toEqual(whole);
    expect(whole.flatMap(({ transactions }) => transactions).length).toBeGreaterThan(6);
  } finally {
    proxy.close();
    await chain.stop();
  }
});

test.each(["sameReceipts", "lateReceipts"] as const)(
  "a block whose receipts are not those of its transactions is not taken: %s",
  async (fault) => {
    const chain = await startTestChain();
    const node = await openFaultyNode(chain.rpc.url());
    try {
      const head = await blockOfTwo(chain);
      const reader = createBlockReader(createRpc([node.url]));
      node.fault = fault;
      await expect(reader.read(head, head)).rejects.toThrow("changed while it was read");
      node.fault = "none";
      expect(await reader.read(0, head)).toEqual(await createBlockReader(chain.rpc).read(0, head));
    } finally {
      await node.close();
      await chain.stop();
    }
  },
);

test.each(["wrongTime", "otherLog", "noLogs"] as const)(
  "a node that gives what a block's hash does not bind is named, and the block read from another: %s",
  async (fault) => {
    const chain = await startTestChain();
    const liar = await openFaultyNode(chain.rpc.url());
    const nodes = openNodes([liar.url, chain.rpc.url()]);
    try {
      await nodes.identity();
      const { number: head } = await createBlockReader(chain.rpc).head();
      liar.fault = fault;
      const reader = createBlockReader(nodes.rpc);
      await reader.head();
      expect(await reader.read(0, head)).toEqual(await createBlockReader(chain.rpc).read(0, head));
      await expect.poll(() => nodes.health()[0]!.state, { timeout: 5_000 }).toBe("lies");
      await expect(createBlockReader(createRpc([liar.url])).read(0, head)).rejects.toThrow(
        /has another hash|are not the header's/,
      );
    } finally {
      await nodes.close();
      await liar.close();
      await chain.stop();
    }
  },
);

/** A block that holds two transactions; the chain's own second may come between them. */
async function blockOfTwo({ rpc }: TestChain): Promise<number> {
  for (let nonce = 0; ; nonce += 1) {
    const made = await Promise.all(
      [testSigner(8), testSigner(9)].map((signer) =>
        signTransaction(signer, {
          chainId: localChainId,
          nonce,
          gasLimit: 21_000,
          to: signer.address,
          data: Buffer.alloc(0),
        }),
      ),
    );
    await rpc.all(made.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [hexOf(raw)] })));
    await rpc.call("evm_mine");
    const receipts = await rpc.all<{ blockNumber: string }>(
      made.map(({ hash }) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
    );
    const [first, second] = receipts.map(({ blockNumber }) => Number(blockNumber));
    if (first === second) return first!;
  }
}
