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
