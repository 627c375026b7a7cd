import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { windowMax } from "../src/limits.ts";

// Blocks are made by hand here, so that they and not seconds are counted.
/** More than three windows, so that some still wait when two blocks are made. */
const bulkRows = 9_000;
const { stack, market } = await startMarket({ profile: "server" });
const [sold, other] = [await market.issue(), await market.issue()];
const [seller = "", buyer = ""] = await market.wallets(0, 2);
const [stranger = ""] = await market.wallets(1, 1);
const issued = await market.run("issuance", [
  market.issueRow(sold, seller, 100_000n),
  market.issueRow(sold, stranger, 10n),
  market.issueRow(other, buyer, 10n),
]);
expect(issued).toMatchObject({ rows_entered: 3 });
await stack.anvil().rpc.call("evm_setIntervalMining", 0);

/** Transactions of a signer that a node has, in blocks or not. */
const given = async (signer: string): Promise<number> => {
  const text = "select count(*)::int as n from chain_tx where signer = $1 and state <> 'stored'";
  return (await stack.owner.query<{ n: number }>(text, [signer])).rows[0]!.n;
};
const untilGiven = (broker: number, count: number) =>
  stack.until(
    `broker ${broker} has sent ${count}`,
    async () => (await given(market.brokers[broker]!.signer)) === count,
    60_000,
  );
const mine = () => stack.anvil().rpc.call("evm_mine");
const head = async () => Number(await stack.anvil().rpc.call<string>("eth_blockNumber"));
const blockOf = async (operation: string) => {
  const text = `select t.block_number as block from command c join chain_tx t on t.id = c.chain_tx_id where c.operation_id = $1`;
  return Number((await stack.owner.query<{ block: bigint }>(text, [operation])).rows[0]!.block);
};

test("a broker's file delays another's transfer by no block, and one of its own in another issue by one at most", async () => {
  const row = market.transferRow(sold, 0, seller, buyer, 1n);
  const [first, second] = await Promise.all(market.brokers.map(({ signer }) => given(signer)));
  const bulk = await market.submit(
    "transfer.request",
    Array.from({ length: bulkRows }, () => row),
  );
  await untilGiven(0, first! + windowMax);
  const before = await head();
  const [own, others] = [
    await market.submit("transfer.request", [market.transferRow(other, 0, buyer, seller, 1n)]),
    await market.submit("transfer.request", [market.transferRow(sold, 1, stranger, buyer, 1n)]),
  ];
  await untilGiven(1, second! + 1);
  await mine();
  await untilGiven(0, first! + 2 * windowMax);
  await mine();
  expect(await market.ended(own, 60_000)).toMatchObject({ state: "entered" });
  expect(await market.ended(others, 60_000)).toMatchObject({ state: "entered" });
  expect([await blockOf(others), await blockOf(own)]).toEqual([before + 1, before + 2]);
  const left = "select count(*)::int as n from command where operation_id = $1 and state = 'queued'";
  expect((await stack.owner.query<{ n: number }>(left, [bulk])).rows[0]!.n).toBeGreaterThan(0);
}, 180_000);

test("a row that is refused is refused for its own operation alone", async () => {
  const good = await market.submit("transfer.request", [market.transferRow(sold, 0, seller, buyer, 1n)]);
  const bad = await market.submit("transfer.request", [
    market.transferRow(sold, 0, buyer, stranger, 999_999n),
  ]);
  const mining = setInterval(() => void mine(), 200);
  try {
    expect(await market.ended(bad, 120_000)).toMatchObject({ state: "refused", code: "INSUFFICIENT_UNITS" });
    expect(await market.ended(good, 120_000)).toMatchObject({ state: "entered", rows_refused: 0 });
  } finally {
    clearInterval(mining);
  }
}, 240_000);
