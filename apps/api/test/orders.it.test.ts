import { orderWallet } from "@genbo/chain/order-wallet";
import { encodeRecord } from "@genbo/domain/registry-record";
import { encodeMove, zeroWord } from "@genbo/domain/words";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createNodeWorld } from "./support/node-world.ts";
import { type SelfCustody, selfCustody, signed } from "./support/successes-orders.ts";
import type { World } from "./support/world.ts";

let world: World;
/** What a contract wallet says of a signature. */
let says: (address: string) => Promise<boolean> = async () => false;
beforeAll(async () => {
  world = await createNodeWorld((address) => says(address));
});
afterEach(() => {
  says = async () => false;
});

const relay = (body: object) => world.ask(world.broker.secret, "relayOrder", { body });
const transfer = (of: SelfCustody, more = {}) =>
  signed(of, "TRANSFER", { to: of.buyer.account, units: "2", ...more });

it("an order goes to the chain as its wallet signed it", async () => {
  const of = await selfCustody(world);
  const body = await transfer(of);
  const { body: accepted } = await relay(body);
  const { rows } = await world.owner.query(
    "select call, target, ref, args from command where operation_id = $1",
    [accepted.operationId],
  );
  expect(rows).toEqual([
    {
      call: "relay",
      target: of.token,
      ref: body.order.ref,
      args: {
        order: { ...body.order, action: 1 },
        signature: body.signature,
        // Where a lane looks for what must go before it.
        account: of.wallet.address,
        to: of.buyer.account,
      },
    },
  ]);
});

it.each(["units", "to", "nonce", "deadline", "ref"] as const)(
  "one whose %s was changed is refused",
  async (field) => {
    const of = await selfCustody(world);
    const body = await transfer(of);
    const other = {
      units: "3",
      to: `0x${"77".repeat(20)}`,
      nonce: "99",
      deadline: 4_000_000_000,
      ref: `0x${"8".repeat(64)}`,
    };
    const answer = await relay({ ...body, order: { ...body.order, [field]: other[field] } });
    expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", "/signature"]);
  },
);

it("its deadline, the rules of a transfer and who keeps the account are told at once", async () => {
  const of = await selfCustody(world);
  expect((await relay(await transfer(of, { deadline: 1_600_000_000 }))).problem.pointer).toBe(
    "/order/deadline",
  );
  const failing = async (body: Promise<object>) =>
    (await relay(await body)).problem.failing?.map(({ code }) => code);
  expect(await failing(transfer(of, { units: "101" }))).toEqual(["INSUFFICIENT_UNITS"]);
  const strict = await selfCustody(world, {});
  expect(await failing(transfer(strict))).toEqual(["NEEDS_REQUEST"]);
  const kept = await world.ask(world.broker.secret, "listWallets", { query: { limit: 1 } });
  expect(kept.status).toBe(200);
});

it("a request becomes a transfer that the buyer's broker accepts and the trustee approves", async () => {
  const of = await selfCustody(world, {});
  const days = { tradeDate: 18_841, acquiredOn: 18_841, settlementDate: 18_841 };
  const request = (data: string) => signed(of, "REQUEST", { to: of.buyer.account, units: "5", data });
  expect((await relay(await request(encodeMove({})))).problem.pointer).toBe("/order/data");
  const body = await request(encodeMove(days));
  const { body: accepted } = await relay(body);
  const id = accepted.transferId!;
  await world.ledger.hold(of.issueId, {
    ref: body.order.ref,
    from: of.wallet.address,
    to: of.buyer.account,
    units: 5n,
  });
  const consent = { params: { id }, body: {} };
  expect((await world.ask(world.other.secret, "acceptTransfer", consent)).status).toBe(202);
  await world.ledger.setTransfer(body.order.ref, "accepted");
  expect((await world.ask(world.trustee.secret, "approveTransfer", consent)).status).toBe(202);
  expect((await relay(body)).code).toBe("STATE_CONFLICT");
});

it.each(["TRANSFER", "HOLD", "REQUEST", "CANCEL"] as const)(
  "a %s order that bears the ref of somebody else's transfer is refused",
  async (action) => {
    const [theirs, of] = [await selfCustody(world, {}), await selfCustody(world)];
    const days = encodeMove({ tradeDate: 18_841, acquiredOn: 18_841, settlementDate: 18_841 });
    const request = await signed(theirs, "REQUEST", { to: theirs.buyer.account, units: "5", data: days });
    expect((await relay(request)).status).toBe(202);
    const { ref } = request.order;
    const data = action === "REQUEST" ? days : encodeMove({});
    const own = { to: of.buyer.account, units: "2", data, ref, controller: of.wallet.address };
    const answer = await relay(await signed(of, action, own));
    expect([answer.code, answer.problem.pointer]).toEqual(["STATE_CONFLICT", "/order/ref"]);
    expect((await relay(await signed(theirs, "CANCEL", { ref }))).status).toBe(202);
  },
);

describe("what no key of the account has signed", () => {
  const garbage = `0x${"ab".repeat(65)}`;

  it("is asked of the wallet: of one that stands for it, it goes on, of any other nothing is said", async () => {
    const of = await selfCustody(world);
    const body = { ...(await transfer(of, { units: "101" })), signature: garbage };
    const refused = await relay(body);
    expect([refused.code, refused.problem.pointer]).toEqual(["INVALID_FIELD", "/signature"]);
    says = async (address) => address === of.wallet.address;
    const { problem } = await relay(body);
    expect(problem.failing?.map(({ code }) => code)).toEqual(["INSUFFICIENT_UNITS"]);
    expect((await relay({ ...(await transfer(of)), signature: garbage })).status).toBe(202);
  });

  it("is not decided while no node answers", async () => {
    says = () => Promise.reject(new Error("no node"));
    const of = await selfCustody(world);
    const answer = await relay({ ...(await transfer(of, { units: "101" })), signature: garbage });
    expect([answer.code, answer.problem.retryable, answer.problem.failing]).toEqual([
      "NOT_READY",
      true,
      undefined,
    ]);
    expect((await relay(await transfer(of))).status).toBe(202);
  });
});

it("of an account that a broker keeps its key is told that alone", async () => {
  const of = await selfCustody(world);
  const wallet = orderWallet();
  const who = { classBits: 8, flags: 4, validUntil: 4_102_444_800, country: 392, custodian: 1 };
  const record = encodeRecord({ ...who, personId: `0x${"c1".repeat(12)}` });
  await world.ledger.record([{ wallet: wallet.address, record, particulars: zeroWord }]);
  const { problem } = await relay(await transfer({ ...of, wallet }));
  expect(problem.failing?.map(({ code }) => code)).toEqual(["NOT_CUSTODIAN"]);
});
