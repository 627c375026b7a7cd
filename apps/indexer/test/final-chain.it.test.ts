import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket({ profile: "server", nodes: 2 });
const issue = await market.issue();
const wallets = await market.wallets(0, 5);

const issueAll = () =>
  market.run(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 1n)),
  );
const rows = async <Row extends Record<string, unknown>>(text: string) =>
  (await stack.owner.query<Row>(text)).rows;
const entries = () => rows("select seq, ref, head from entry order by issue_id, seq");
const breaks = () => rows<{ kind: string; resumed_at: Date | null }>("select * from register_break");
const cursor = async () =>
  Number((await rows<{ block: bigint }>("select block_number as block from chain_cursor"))[0]!.block);
const mine = async (count: number) => {
  for (let made = 0; made < count; made += 1) await stack.anvil().rpc.call("evm_mine");
};

test("one node on a branch of its own makes no break: the register waits for two that agree, and goes on", async () => {
  expect(await issueAll()).toMatchObject({ state: "entered" });
  const [first] = stack.nodes;
  first!.fault = "otherBranch";
  const stood = await cursor();
  const operation = market.submit("issuance", [market.issueRow(issue, wallets[0]!, 1n)]);
  await sleep(4_000);
  expect(await breaks()).toEqual([]);
  expect(await cursor()).toBeLessThan(stood + 3);
  first!.fault = "none";
  expect(await market.ended(await operation)).toMatchObject({ state: "entered" });
});

test("a node whose head is lower is behind and no reorg", async () => {
  // What the first test held back is read by and by: a node cannot fall behind the first block.
  await stack.until("there are blocks to fall back by", async () => (await cursor()) > 8);
  const stood = await cursor();
  for (const node of stack.nodes) node.fault = { standsAt: stood - 8 };
  await sleep(3_000);
  expect(await breaks()).toEqual([]);
  for (const node of stack.nodes) node.fault = "none";
  expect(await issueAll()).toMatchObject({ state: "entered" });
});

test("blocks that are taken back are a break; the register stands until two persons have closed it", async () => {
  const { rpc } = stack.anvil();
  await mine(1);
  const snapshot = await rpc.call<string>("evm_snapshot");
  await mine(2);
  expect(await issueAll()).toMatchObject({ state: "entered" });
  const before = await entries();
  await rpc.call("evm_revert", snapshot);
  await mine(20);
  const [found] = await stack.until("a break", async () => {
    const open = await breaks();
    return open.length > 0 && open;
  });
  expect(found).toMatchObject({ kind: "REORG", issue_id: null, closed_at: null });
  await sleep(1_500);
  expect(await entries(), "nothing is taken back").toEqual(before);
  expect(await breaks()).toHaveLength(1);

  await stack.database
    .pool("genbo_api")
    .query(
      "update register_break set closed_by = 'staff:one', closed_checker = 'staff:two', reason = 'agreed', closed_at = now()",
    );
  await stack.until("the register goes back", async () => {
    const events = await rows("select 1 from event where kind = 'chain.rolledBack'");
    return events.length > 0;
  });
  await stack.until("it enters again", async () => (await entries()).length === before.length);
  expect(await entries()).toEqual(before);
  expect(await issueAll()).toMatchObject({ state: "entered" });
}, 60_000);
