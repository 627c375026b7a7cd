import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv, writeEnv } from "@genbo/domain/env";
import { exitOf } from "@genbo/domain/tether";
import { startIndexerService } from "@genbo/indexer/service";
import { startWorkerService } from "@genbo/worker/service";
import { expect, test } from "vitest";
import { type Fault, openFaultyNode } from "../support/faulty-node.ts";
import { startMarket } from "../support/market-stack.ts";

// The table of docs/operations/bad-input.md, a test for each line that is not tested where it belongs.
const lines: string[] = [];

const { stack, market } = await startMarket({
  profile: "server",
  nodes: 1,
  onLog: (line) => lines.push(line),
});
const issue = await market.issue();
const wallets = await market.wallets(0, 100);

const issueAll = () =>
  market.submit(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 1n)),
  );
const expectEntered = async (id: string) =>
  expect(await market.ended(id, 40_000)).toMatchObject({ state: "entered", rows_entered: wallets.length });
const says = (text: string) =>
  stack.until(`a log says ${text}`, async () => lines.some((line) => line.includes(text)), 15_000);

const wrongNodes: [string, Fault, string][] = [
  ["of another chain", { chainId: 5 }, "its chainId is 5, ours is 31337; correct CHAIN_RPC_URLS"],
  ["that is a web page", "webPage", "not a JSON-RPC node but perhaps a web page: correct the URL"],
  ["that is still syncing", "syncing", "is still reading the chain: block 5 of 1234; wait until it has it"],
];
test.each(wrongNodes)(
  "worker and indexer do not start on a node %s, and say why",
  async (_what, fault, text) => {
    const node = await openFaultyNode(stack.anvil().url, fault);
    for (const [role, start] of [
      ["genbo_worker", startWorkerService],
      ["genbo_indexer", startIndexerService],
    ] as const) {
      await expect(start({ ...stack.env(role), chainRpcUrls: [node.url] }, stack.log)).rejects.toThrow(text);
    }
    await node.close();
  },
);

test.each(wrongNodes)(
  "the only node becomes one %s: it is named, nothing goes there, and what was accepted is entered once it is right",
  async (_what, fault, text) => {
    const [node] = stack.nodes;
    const seen = lines.length;
    // Each process looks for itself: what the indexer has seen, the worker may not know yet.
    const workerSays = (what: string) =>
      stack.until(
        `the worker says ${what}`,
        async () =>
          lines
            .slice(seen)
            .some((line) => [what, text, '"process":"worker"'].every((part) => line.includes(part))),
        15_000,
      );
    node!.fault = fault;
    try {
      await workerSays("a node changed");
      const sent = node!.calls.get("eth_sendRawTransaction");
      const id = await issueAll();
      await workerSays("no node answers");
      expect(node!.calls.get("eth_sendRawTransaction")).toBe(sent);
      node!.fault = "none";
      await expectEntered(id);
    } finally {
      node!.fault = "none";
    }
  },
  60_000,
);

test.each([
  [
    "is read-only",
    "set default_transaction_read_only = on",
    "reset default_transaction_read_only",
    "read-only",
  ],
  ["is at its connection limit", "connection limit 0", "connection limit -1", "takes no more connections"],
])(
  "a database that %s is waited for: worker and indexer say so, and nothing is lost",
  async (_what, on, off, text) => {
    const failures: unknown[] = [];
    for (const service of [stack.worker.current()!, stack.indexer.current()!])
      service.done.catch((error: unknown) => failures.push(error));
    const operations = [await issueAll()];
    await stack.database.alter(on);
    await says(text);
    await sleep(1_500);
    await stack.database.alter(off);
    operations.push(await issueAll());
    for (const id of operations) await expectEntered(id);
    expect(failures).toEqual([]);
  },
);

test("a batch above the chain's gas limit stops its lane with the reason, and goes once the limit is right", async () => {
  const { rpc } = stack.anvil();
  const before = (await rpc.call<{ gasLimit: string }>("eth_getBlockByNumber", "latest", false)).gasLimit;
  await rpc.call("evm_setBlockGasLimit", "0x4c4b40");
  await rpc.call("evm_mine");
  const id = await issueAll();
  const reason = await stack.until("the lane stops", async () => {
    const { rows } = await stack.owner.query<{ reason: string }>(
      "select stopped_reason as reason from lane where stopped_reason is not null",
    );
    return rows[0]?.reason;
  });
  expect(reason).toMatch(/refuses transaction \d+ for good: .*gas.*raise the node's limit/is);
  await rpc.call("evm_setBlockGasLimit", before);
  await rpc.call("evm_mine");
  await stack.worker.stop();
  await stack.worker.start();
  await expectEntered(id);
});

test("clocks that are an hour off move nothing: a warning says so, and everything is entered once", async () => {
  await Promise.all([stack.worker.stop(), stack.indexer.stop()]);
  const text: string[] = [];
  const children = (["worker", "indexer"] as const).map((name, index) => {
    const child = spawn(
      process.execPath,
      [
        "--import",
        `data:text/javascript,${encodeURIComponent(shifted(index === 0 ? -3_600_000 : 3_600_000))}`,
        join(import.meta.dirname, `../../apps/${name}/src/main.ts`),
      ],
      {
        env: { ...inheritedEnv(), ...writeEnv(stack.env(`genbo_${name}`)) },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    child.stdout!.on("data", (chunk: Buffer) => text.push(chunk.toString()));
    return child;
  });
  try {
    const operations = [await issueAll(), await issueAll()];
    for (const id of operations) await expectEntered(id);
    const warned = text
      .join("")
      .split("\n")
      .filter((line) => line.includes("clock and the database's differ: set both by NTP"));
    expect(warned.map((line) => Math.round(JSON.parse(line).databaseAheadMs / 3_600_000)).sort()).toEqual([
      -1, 1,
    ]);
    const { rows } = await stack.owner.query(
      "select count(*)::integer as entries, max(seq)::integer as last from entry where issue_id = $1",
      [issue.id],
    );
    expect(rows[0].entries).toBe(rows[0].last);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map(exitOf));
  }
});

/** Code that moves the clock of a process. */
const shifted = (ms: number): string =>
  `const Real = Date; globalThis.Date = class extends Real {
    constructor(...args) { if (args.length === 0) super(Real.now() + ${ms}); else super(...args); }
    static now() { return Real.now() + ${ms}; }
  };`;
