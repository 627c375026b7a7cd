import { batchRowsMax } from "@genbo/chain/gas";
import { readQuantity } from "@genbo/chain/hex";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { windowMax } from "../src/limits.ts";

const { stack, market } = await startMarket({ profile: "server", nodes: 1 });
const issue = await market.issue();
const [wallet] = await market.wallets(0, 1);
const { signer } = market.issuer;
const patienceMs = 60_000;
const testMs = 3 * patienceMs;

/** Rows of so many full batches. */
const batches = (count: number) =>
  Array.from({ length: count * batchRowsMax("issue") }, () => market.issueRow(issue, wallet!, 1n));
const storedOf = async (operationId: string) =>
  (
    await stack.rows<{ count: number }>(
      "select count(distinct chain_tx_id)::integer as count from command where operation_id = $1",
      [operationId],
    )
  )[0]!.count;
const rpc = <T>(method: string, ...params: unknown[]) => stack.anvil().rpc.call<T>(method, ...params);
const minedOf = async () => readQuantity(await rpc<string>("eth_getTransactionCount", signer, "latest"));
const head = async () => readQuantity(await rpc<string>("eth_blockNumber"));

test("while a node takes a full batch, the next one is made; both reach the chain once", {
  timeout: testMs,
}, async () => {
  const [node] = stack.nodes;
  node!.fault = "hangs";
  const id = await market.submit("issuance", batches(3), { issueId: issue.id });
  await stack.until("two are stored", async () => (await storedOf(id)) >= 2, patienceMs);
  node!.fault = "none";
  const rows = 3 * batchRowsMax("issue");
  expect(await market.ended(id, patienceMs)).toMatchObject({ state: "entered", rows_entered: rows });
});

test("a lane goes on while the register is yet to read its blocks, by one more window", {
  timeout: testMs,
}, async () => {
  await stack.indexer.stop();
  const before = await minedOf();
  const count = 2 * windowMax + 2;
  const id = await market.submit("issuance", batches(count), { issueId: issue.id });
  await stack.until(
    "two windows are in blocks",
    async () => (await minedOf()) === before + 2 * windowMax,
    patienceMs,
  );
  const at = await head();
  await stack.until("two more blocks", async () => (await head()) >= at + 2, patienceMs);
  expect(await storedOf(id), "no more while the register stands still").toBe(2 * windowMax);
  await stack.indexer.start();
  const rows = count * batchRowsMax("issue");
  expect(await market.ended(id, patienceMs)).toMatchObject({ state: "entered", rows_entered: rows });
  expect(await minedOf()).toBe(before + count);
});
