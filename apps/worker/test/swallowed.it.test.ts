import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket({ nodes: 2 });
const issue = await market.issue();
const wallets = await market.wallets(0, 2);

test("what the first node swallows reaches the chain through the second, with the same bytes", async () => {
  stack.nodes[0]!.fault = "swallows";
  const id = await market.submit("issuance", [market.issueRow(issue, wallets[0]!, 7n)]);
  const hashes = async () =>
    (
      await stack.owner.query<{ hash: string }>(
        "select hash from chain_tx where id in (select chain_tx_id from command where operation_id = $1)",
        [id],
      )
    ).rows;
  const first = await stack.until("it is stored", async () =>
    (await hashes()).length > 0 ? hashes() : false,
  );
  expect(await market.ended(id)).toMatchObject({ state: "entered", rows_entered: 1 });
  expect(await hashes()).toEqual(first);
  expect(stack.nodes[1]!.calls.get("eth_sendRawTransaction")).toBeGreaterThan(0);
});

test("one node's own limit stops no lane while another takes the bytes", async () => {
  stack.nodes[0]!.fault = { refusesSending: "transaction size exceeds the limit" };
  const id = await market.submit("issuance", [market.issueRow(issue, wallets[1]!, 7n)]);
  expect(await market.ended(id)).toMatchObject({ state: "entered" });
});

test.each([
  ["that another transaction waits under the nonce", "replacement transaction underpriced"],
  ["that the nonce is used", "nonce too low"],
])(
  "one node that says %s stops no lane, beside one that takes the bytes now or later",
  async (_what, words) => {
    const [lying, good] = stack.nodes;
    lying!.fault = { refusesSending: words, counts: 1_000 };
    const issues = () => market.submit("issuance", [market.issueRow(issue, wallets[1]!, 7n)]);
    expect(await market.ended(await issues())).toMatchObject({ state: "entered" });
    good!.fault = { refusesSending: "txpool is full" };
    const id = await issues();
    await sleep(4_000);
    good!.fault = "none";
    expect(await market.ended(id)).toMatchObject({ state: "entered" });
    expect(await stack.rows("select kind from register_break")).toEqual([]);
    lying!.fault = "none";
  },
);
