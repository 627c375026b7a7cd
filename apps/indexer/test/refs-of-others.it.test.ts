import { orderWallet } from "@genbo/chain/order-wallet";
import { type Order, orderActions } from "@genbo/chain/orders";
import { newId, newPersonId, refOf, refOfWallet } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";
import { beforeAll, describe, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket();
const wallet = orderWallet();
const free = await market.issue();
const strict = await market.issue({ acceptanceRequired: true, approvalRequired: true });
const [seller] = (await market.wallets(0, 1)) as [string];
const [buyer] = (await market.wallets(1, 1)) as [string];

beforeAll(async () => {
  const who = { personId: newPersonId(), classBits: 8, flags: 0, validUntil: 4_102_444_800, country: 392 };
  const own = {
    wallet: wallet.address,
    record: encodeRecord({ ...who, custodian: 0 }),
    particulars: refOf("p"),
  };
  await market.run("wallet.register", [
    { signer: market.trustee.signer, call: "setRecords", ref: refOfWallet(wallet.address), args: own },
  ]);
  await market.run("issuance", [
    market.issueRow(free, wallet.address, 10n),
    market.issueRow(free, seller, 10n),
    market.issueRow(strict, seller, 10n),
  ]);
});

/** An order of a stranger's wallet, in an issue that asks for no request. */
async function order(change: Partial<Order>) {
  const [{ chain_id }] = (await stack.rows<{ chain_id: bigint }>("select chain_id from deployment")) as [
    { chain_id: bigint },
  ];
  const signed = wallet.order({ to: buyer, units: "1", ...change });
  const signature = await wallet.sign(Number(chain_id), free.token, signed);
  const { signer } = market.brokers[0];
  const row = {
    signer,
    call: "relay",
    target: free.token,
    ref: signed.ref,
    args: { order: signed, signature },
  };
  expect(await market.run("order.relay", [row], { issueId: free.id })).toMatchObject({ state: "entered" });
}
const stateOf = async (ref: string) =>
  (await stack.rows<{ state: string }>("select state from transfer where ref = $1", [ref]))[0]?.state;
const step = (ref: string, call: string) => market.run(call, [market.transferStep(strict, ref, call)]);

describe("an entry that bears the ref of somebody else's transfer changes nothing of it", () => {
  test("made in another issue, at each of its steps", async () => {
    const ref = await market.transfer(strict, seller, buyer, 2n);
    await order({ ref });
    expect(await stateOf(ref)).toBe("requested");
    await step(ref, "requestTransfers");
    await order({ ref });
    expect(await stateOf(ref)).toBe("held");
    await step(ref, "acceptTransfers");
    await order({ ref, action: orderActions.HOLD, controller: wallet.address });
    expect(await stateOf(ref)).toBe("accepted");
    await step(ref, "approveTransfers");
    expect(await stateOf(ref)).toBe("entered");
  });

  test("made in the same issue, from another account", async () => {
    const ref = await market.transfer(free, seller, buyer, 1n);
    await order({ ref });
    expect(await stateOf(ref)).toBe("requested");
    const { args } = market.transferStep(free, ref, "requestTransfers");
    const own = { ...market.transferRow(free, 0, seller, buyer, 1n), args, ref };
    expect(await market.run("transfer", [own])).toMatchObject({ state: "entered" });
    expect(await stateOf(ref)).toBe("entered");
  });

  test("made by its own broker, of other units or without our command", async () => {
    const ref = await market.transfer(free, seller, buyer, 1n);
    const row = { ...market.transferStep(free, ref, "requestTransfers") };
    await market.run("transfer", [{ ...row, args: { ...row.args, units: "3" } }]);
    expect(await stateOf(ref)).toBe("requested");
    expect(await market.run("transfer", [row])).toMatchObject({ state: "refused", code: "REF_USED" });
    expect(await stateOf(ref)).toBe("refused");
  });
});

test("a hold that bears the id of a settlement's units, and is none of them, leaves the settlement as it was", async () => {
  const holdId = refOf("leg");
  const id = newId("stl", stack.clock.now());
  const [giving, taking] = market.brokers;
  await stack.database.pool("genbo_api").query(
    `with made as (
       insert into settlement (id, ref, instruction_id, trustee_id, party_id, trade_date, settlement_date, deadline, state, maker, created_at)
       values ($1, $2, $2, $3, $4, '2021-08-01', '2021-08-03', '2021-08-05', 'open', 'staff:maker', now())
     )
     insert into settlement_leg (settlement_id, leg, kind, issue_id, asset, from_account, to_account, from_party, to_party, amount, hold_id, state)
     values ($1, 0, 'UNITS', $5, $6, $7, $8, $4, $9, 1, $10, 'pending')`,
    [
      ...[id, refOf(id), market.trustee.id, giving.id, free.id, free.token],
      ...[seller, buyer, taking.id, holdId],
    ],
  );
  await order({ ref: holdId, action: orderActions.HOLD, controller: wallet.address });
  await order({ ref: holdId });
  const legs = await stack.rows("select state from settlement_leg where hold_id = $1", [holdId]);
  expect(legs).toEqual([{ state: "pending" }]);
});
