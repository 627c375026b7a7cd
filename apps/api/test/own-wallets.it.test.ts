import { orderWallet } from "@genbo/chain/order-wallet";
import { orderToSign } from "@genbo/chain/orders";
import { decodeRecord } from "@genbo/domain/registry-record";
import { zeroWord } from "@genbo/domain/words";
import { Signature } from "ethers";
import { beforeAll, describe, expect, it } from "vitest";
import { challenged, ownWallet, proved } from "./support/successes-own-wallets.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
/** What a contract wallet stands for. */
let standsFor: { address: string; signature: string } | undefined;
beforeAll(async () => {
  world = await createWorld({
    chain: {
      ...{
        head: async () => 0,
        lastSeenHead: () => 0,
        setTime: async () => undefined,
      },
      ...{ health: () => [], progress: () => ({ state: "running" }) },
      acceptsSignature: async (address: string, _digest: string, signature: string) =>
        standsFor?.address === address && standsFor.signature === signature,
    } as never,
  });
});

const sign = (id: string, signature: string, secret = world.broker.secret) =>
  world.ask(secret, "proveWallet", { params: { id }, body: { signature } });
const approve = (id: string, secret = world.trustee.secret) =>
  world.ask(secret, "approveWalletProof", { params: { id }, body: {} });
const stateOf = async (id: string) =>
  (await world.owner.query("select state, signature from wallet_proof where id = $1", [id])).rows[0];
const walletsAt = async (address: string) =>
  (await world.owner.query("select custody, state, investor_id from wallet where address = $1", [address]))
    .rows;

describe("an investor's own wallet", () => {
  it("is recorded without a custodian, by the trustee, once its key has signed", async () => {
    const { id, wallet, toSign, investor } = await challenged(world);
    expect((await approve(id)).code, "it has not signed").toBe("STATE_CONFLICT");
    expect((await sign(id, await wallet.signPayload(toSign))).body).toEqual({ id, state: "proved" });
    const sameMan = await world.keyFor(world.trustee.partyId, "staff:broker-a");
    expect((await approve(id, sameMan)).code).toBe("MAKER_IS_CHECKER");
    const { body } = await approve(id);
    const { rows } = await world.owner.query(
      "select signer, call, args from command where operation_id = $1",
      [body.operationId],
    );
    const trustee = await world.owner.query("select signer from party where id = $1", [
      world.trustee.partyId,
    ]);
    expect(rows).toMatchObject([{ call: "setRecords", signer: trustee.rows[0].signer }]);
    expect(rows[0].args.wallet).toBe(wallet.address);
    expect(decodeRecord(rows[0].args.record)).toMatchObject({ custodian: 0, personId: investor.personId });
    expect(await walletsAt(wallet.address)).toEqual([
      { custody: "SELF", state: "pending", investor_id: investor.investorId },
    ]);
    expect((await approve(id)).code).toBe("STATE_CONFLICT");
  });

  it("is asked for by the investor himself, for himself alone", async () => {
    const wallet = orderWallet();
    const ask = (body: object) =>
      world.ask(world.investor.secret, "askWalletProof", { body: { address: wallet.address, ...body } });
    const other = await world.open(world.broker, unused());
    expect((await ask({ investorId: other.investorId })).code).toBe("NOT_FOUND");
    const { body } = await ask({});
    expect(body.investorId).toBe(world.investor.investorId);
    expect((await sign(body.id, await wallet.signPayload(body.toSign), world.investor.secret)).status).toBe(
      200,
    );
    expect((await approve(body.id)).status).toBe(202);
  });

  it("of a contract is proved by what the contract says (ERC-1271)", async () => {
    const { id, wallet } = await challenged(world);
    const signature = `0x${"5a".repeat(80)}`;
    standsFor = { address: wallet.address, signature };
    expect((await sign(id, `0x${"5b".repeat(80)}`)).problem.pointer).toBe("/signature");
    expect((await sign(id, signature)).body.state).toBe("proved");
  });

  it("is refused by the trustee with a reason, and then no signature helps", async () => {
    const { id, wallet, toSign } = await challenged(world);
    const question = { params: { id }, body: { reason: "本人の意思が確認できない" } };
    expect((await world.ask(world.trustee.secret, "refuseWalletProof", question)).body.state).toBe("refused");
    expect((await sign(id, await wallet.signPayload(toSign))).code).toBe("STATE_CONFLICT");
    expect((await approve(id)).code).toBe("STATE_CONFLICT");
  });
});

describe("what proves nothing is refused, and nothing has changed", () => {
  it("another key's signature, one over another challenge, and one for another chain", async () => {
    const own = await challenged(world);
    const { wallet, toSign, id } = own;
    const earlier = await challenged(world);
    const domain = toSign.domain as Record<string, unknown>;
    const message = toSign.message as Record<string, unknown>;
    const wrong = [
      await orderWallet().signPayload(toSign),
      await wallet.signPayload({
        ...toSign,
        message: { ...message, challenge: (earlier.toSign.message as { challenge: string }).challenge },
      }),
      await wallet.signPayload({ ...toSign, domain: { ...domain, chainId: "0x1" } }),
      await wallet.signPayload({
        ...toSign,
        domain: { ...domain, verifyingContract: `0x${"77".repeat(20)}` },
      }),
      await wallet.signPayload({ ...toSign, message: { ...message, deadline: "4102444800" } }),
      await wallet.signPayload(orderToSign(2021, wallet.address, wallet.order({ ref: zeroWord })) as never),
    ];
    for (const signature of wrong) {
      const answer = await sign(id, signature);
      expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", "/signature"]);
    }
    expect(await stateOf(id)).toEqual({ state: "asked", signature: null });
    expect((await sign(id, await wallet.signPayload(toSign))).status).toBe(200);
  });

  it("a malleable signature: the second one that anybody can make of the first", async () => {
    const { id, wallet, toSign } = await challenged(world);
    const { r, s, v } = Signature.from(await wallet.signPayload(toSign));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const upper = (order - BigInt(s)).toString(16).padStart(64, "0");
    const answer = await sign(id, `${r}${upper}${v === 27 ? "1c" : "1b"}`);
    expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", "/signature"]);
    expect(answer.problem.detail).toContain("malleable");
    expect((await stateOf(id)).state).toBe("asked");
  });

  it("a challenge that was signed before, and one that has ended", async () => {
    const { id, wallet, toSign } = await proved(world);
    const signature = await wallet.signPayload(toSign);
    expect((await sign(id, signature)).code).toBe("STATE_CONFLICT");
    const late = await challenged(world);
    const before = world.clock.now();
    world.clock.set(new Date(before.getTime() + 60 * 60_000));
    const answer = await sign(late.id, await late.wallet.signPayload(late.toSign));
    world.clock.set(before);
    expect([answer.status, answer.code]).toEqual([409, "CHALLENGE_EXPIRED"]);
    expect((await stateOf(late.id)).state).toBe("asked");
  });

  it("somebody else's wallet, and another's challenge", async () => {
    const { wallet } = await ownWallet(world);
    const other = await world.open(world.other, unused());
    const ask = (address: string) =>
      world.ask(world.other.secret, "askWalletProof", { body: { investorId: other.investorId, address } });
    const answer = await ask(wallet.address);
    expect([answer.code, answer.problem.pointer]).toEqual(["ALREADY_EXISTS", "/address"]);
    const kept = await world.open(world.broker, unused());
    expect((await ask(kept.account)).code, "an account that a broker keeps").toBe("ALREADY_EXISTS");
    const open = await challenged(world);
    const signature = await open.wallet.signPayload(open.toSign);
    expect((await sign(open.id, signature, world.other.secret)).code).toBe("NOT_FOUND");
    const strangers = await world.ask(world.other.secret, "askWalletProof", {
      body: { investorId: kept.investorId, address: orderWallet().address },
    });
    expect(strangers.code).toBe("NOT_FOUND");
  });

  it("a wallet that two have proved is the first one's whom the trustee approves", async () => {
    const first = await proved(world);
    const other = await world.open(world.other, unused());
    const body = { investorId: other.investorId, address: first.wallet.address };
    const second = (await world.ask(world.other.secret, "askWalletProof", { body })).body;
    const signed = await sign(second.id, await first.wallet.signPayload(second.toSign), world.other.secret);
    expect(signed.status).toBe(200);
    expect((await approve(first.id)).status).toBe(202);
    expect((await approve(second.id)).code).toBe("STATE_CONFLICT");
    expect(await walletsAt(first.wallet.address)).toMatchObject([{ investor_id: first.investor.investorId }]);
  });

  it("an investor whose check has lapsed", async () => {
    const own = await proved(world);
    const before = world.clock.now();
    world.clock.set(new Date("2023-08-02T00:00:00Z"));
    const asked = await world.ask(world.broker.secret, "askWalletProof", {
      body: { investorId: own.investor.investorId, address: orderWallet().address },
    });
    const approved = await approve(own.id);
    world.clock.set(before);
    expect([asked.problem.pointer, approved.code]).toEqual(["/investorId", "STATE_CONFLICT"]);
  });
});

it("what a broker changes of its customer reaches the customer's own wallet by the trustee", async () => {
  const { wallet, investor } = await ownWallet(world);
  const question = {
    params: { id: investor.investorId },
    body: { effectiveOn: "2021-08-02", evidenceRef: "doc-1", validUntil: "2024-08-01T00:00:00Z" },
  };
  const changed = await world.ask(world.broker.secret, "changeParticulars", question);
  expect(changed.body).toMatchObject({ wallets: [investor.account], ownWallets: [wallet.address] });
  const renew = (address: string) =>
    world.ask(world.trustee.secret, "renewOwnWallet", { params: { address }, body: {} });
  const { body } = await renew(wallet.address);
  const { rows } = await world.owner.query("select args from command where operation_id = $1", [
    body.operationId,
  ]);
  expect(decodeRecord(rows[0].args.record)).toMatchObject({
    custodian: 0,
    validUntil: Date.parse("2024-08-01T00:00:00Z") / 1000,
  });
  expect((await renew(investor.account)).code, "its broker keeps that one").toBe("NOT_FOUND");
});
