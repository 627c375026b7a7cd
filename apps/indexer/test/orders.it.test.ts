import { orderWallet } from "@genbo/chain/order-wallet";
import { type Order, orderActions, orderArgs } from "@genbo/chain/orders";
import { newPersonId, refOf, refOfWallet } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";
import { zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const wallet = orderWallet();
const { stack, market } = await startMarket();
const issue = await market.issue();
const [buyer] = (await market.wallets(1, 1)) as [string];
const who = { personId: newPersonId(), classBits: 8, flags: 0, validUntil: 4_102_444_800, country: 392 };
const record = encodeRecord({ ...who, custodian: 0 });
// A wallet without a custodian is the registrar's to record.
const own = { wallet: wallet.address, record, particulars: refOf("p") };
const recorded = await market.run("wallet.register", [
  { signer: market.trustee.signer, call: "setRecords", ref: refOfWallet(wallet.address), args: own },
]);
expect(recorded.state).toBe("entered");
await market.run("issuance", [market.issueRow(issue, wallet.address, 10n)], { issueId: issue.id });
const [deployed] = await stack.rows<{ chain_id: bigint }>("select chain_id from deployment");
const chainId = Number(deployed!.chain_id);

async function relay(call: string, order: Order) {
  const signature = await wallet.sign(chainId, issue.token, order);
  const { signer } = market.brokers[0];
  const row = { signer, call, target: issue.token, ref: order.ref, args: orderArgs(order, signature) };
  return market.run("order.relay", [row], { issueId: issue.id });
}
const lastLine = async () =>
  (
    await stack.owner.query(
      "select kind, units, from_account, to_account, maker, operation_id from entry where issue_id = $1 order by seq desc limit 1",
      [issue.id],
    )
  ).rows[0];

test("what a wallet signed is entered as its own act, whoever relays it; once", async () => {
  const order = wallet.order({ to: buyer, units: "3", ref: refOf("order") });
  const done = await relay("relay", order);
  expect(done.state).toBe("entered");
  expect(await lastLine()).toEqual({
    ...{ kind: 3, units: 3n, from_account: wallet.address, to_account: buyer },
    ...{ maker: null, operation_id: done.id },
  });
  expect(await relay("relay", order)).toMatchObject({ state: "refused", code: "NONCE_SPENT" });
});

test("a revoked order is refused, and one that is too late", async () => {
  const order = wallet.order({ to: buyer, units: "1", ref: refOf("revoked") });
  const revocation = { ...order, action: orderActions.REVOKE, to: order.account, units: "0", ref: zeroWord };
  expect((await relay("relayRevocation", revocation)).state).toBe("entered");
  expect(await relay("relay", order)).toMatchObject({ state: "refused", code: "NONCE_SPENT" });
  const late = wallet.order({ to: buyer, units: "1", ref: refOf("late"), deadline: 1_600_000_000 });
  expect(await relay("relay", late)).toMatchObject({ state: "refused", code: "ORDER_EXPIRED" });
});
