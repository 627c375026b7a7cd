import { refOf } from "@genbo/domain/ids";
import { decodeRecord } from "@genbo/domain/registry-record";
import { beforeAll, expect, it } from "vitest";
import { codesOf, paper } from "./support/case-desk.ts";
import { consentedChange, filedChange } from "./support/successes-custody.ts";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const approve = (id: string, secret = world.trustee.secret) =>
  world.ask(secret, "approveCustodyChange", { params: { id }, body: {} });
const commandsOf = async (operationId: string) =>
  (
    await world.owner.query<{ signer: string; call: string; args: Record<string, unknown> }>(
      "select signer, call, args from command where operation_id = $1 order by row",
      [operationId],
    )
  ).rows;
const signerOf = async (partyId: string) =>
  (await world.owner.query("select signer from party where id = $1", [partyId])).rows[0].signer;
const documents = [{ name: "移管依頼書.pdf", sha256: "0".repeat(64) }];

it("each broker says so on the chain by its own signer, and the trustee rewrites the records", async () => {
  const { id, customer } = await consentedChange(world);
  const { body: change } = await world.ask(world.other.secret, "getCustodyChange", { params: { id } });
  expect(change).toMatchObject({ state: "consented", accounts: [customer.account] });
  const consents = await Promise.all(change.operationIds.map(commandsOf));
  // Under a clock that stands still the two have no order of their own.
  const signers = await Promise.all([world.broker, world.other].map(({ partyId }) => signerOf(partyId)));
  expect(new Set(consents.flat())).toEqual(
    new Set(
      signers.map((signer) => ({
        signer,
        call: "consentToMove",
        args: { wallets: [customer.account], to: 2, consents: true },
      })),
    ),
  );
  const { body } = await approve(id);
  const [record, ...more] = await commandsOf(body.operationId);
  expect(more).toEqual([]);
  expect(record).toMatchObject({ signer: await signerOf(world.trustee.partyId), call: "setRecords" });
  const found = await world.owner.query("select record from registry_record where wallet = $1", [
    customer.account,
  ]);
  // The same record but for the custodian: bits 48 to 80.
  const change_ = BigInt(found.rows[0].record) ^ BigInt(String(record!.args.record));
  expect(change_).toBe((1n ^ 2n) << 48n);
});

it("hands over the pledges in favour of the customer, whose broker alone may end them [TA 200(2)]", async () => {
  const { id, customer } = await consentedChange(world);
  const { issueId, seller } = await traded(world);
  const pledge = { from: seller.account, to: customer.account, units: 3n };
  const keeper = await signerOf(world.broker.partyId);
  await world.ledger.hold(issueId, { ...pledge, ref: refOf(id), kind: "PLEDGE", controller: keeper });
  const { body } = await approve(id);
  const [, handed, ...more] = await commandsOf(body.operationId);
  const controller = await signerOf(world.other.partyId);
  const args = { holdId: refOf(id), controller };
  expect([handed, more]).toEqual([{ signer: keeper, call: "changeController", args }, []]);

  const filing = {
    kind: "PLEDGE_RELEASE" as const,
    facts: { holdId: refOf(id) },
    documents: [paper("PLEDGEE_CONSENT")],
  };
  const release = (secret: string) =>
    world.ask(secret, "fileCase", { params: { id: issueId }, body: filing });
  expect((await release(world.broker.secret)).status).toBe(201);
  // The registry has the new record, and the pledge's line is not in yet.
  await world.owner.query("update account set custodian_id = 2 where address = $1", [customer.account]);
  expect(codesOf(await release(world.broker.secret))).toEqual(["NOT_CUSTODIAN"]);
  expect((await release(world.other.secret)).status).toBe(201);
});

it("what the giving broker changes of the customer meanwhile is written by the receiving one's key", async () => {
  const { id, customer } = await consentedChange(world);
  await approve(id);
  const { body } = await world.ask(world.broker.secret, "changeParticulars", {
    params: { id: customer.investorId },
    body: { effectiveOn: "2021-08-01", evidenceRef: "doc-1", country: 702 },
  });
  const [record, ...more] = await commandsOf(body.operationId!);
  expect([record!.signer, more]).toEqual([await signerOf(world.other.partyId), []]);
  expect(decodeRecord(String(record!.args.record))).toMatchObject({ country: 702, custodian: 2 });
});

it("is not approved before both consents stand on the chain", async () => {
  const filed = await filedChange(world);
  const consented = await consentedChange(world, false);
  for (const { id } of [filed, consented]) {
    const answer = await approve(id);
    expect(answer.code).toBe("CASE_REFUSED");
    expect(answer.problem.failing?.map(({ code }) => code)).toEqual(["CUSTODIAN_CONSENT_MISSING"]);
  }
});

it("is decided by another person than both brokers'", async () => {
  const { id } = await consentedChange(world);
  for (const subject of ["staff:broker-a", "staff:broker-b"]) {
    const secret = await world.keyFor(world.trustee.partyId, subject);
    expect((await approve(id, secret)).code).toBe("MAKER_IS_CHECKER");
  }
  const { id: filed } = await filedChange(world);
  const same = await world.keyFor(world.other.partyId, "staff:broker-a");
  const question = { params: { id: filed }, body: { externalId: "same-person" } };
  expect((await world.ask(same, "consentToCustodyChange", question)).code).toBe("MAKER_IS_CHECKER");
});

it("is decided by a trustee of what the customer holds, and by no other one", async () => {
  const { id, customer } = await consentedChange(world);
  await world.ledger.issue(await world.activeIssue(), customer.account, 5n);
  const stranger = await world.admit("trustee", "staff:another-trustee");
  const refuse = { params: { id }, body: { reason: "不備" } };
  expect((await world.ask(stranger.secret, "refuseCustodyChange", refuse)).code).toBe("FORBIDDEN");
  expect((await approve(id, stranger.secret)).code).toBe("FORBIDDEN");
  expect((await approve(id)).status).toBe(202);
  // Who holds nothing is in nobody's register.
  expect((await approve((await consentedChange(world)).id, stranger.secret)).status).toBe(202);
});

it("has one undecided change a customer, which the giving broker may take back", async () => {
  const { id, customer } = await filedChange(world);
  const body = { investorId: customer.investorId, toBrokerId: world.other.partyId, documents };
  const again = () => world.ask(world.broker.secret, "fileCustodyChange", { body });
  expect((await again()).code).toBe("STATE_CONFLICT");
  const taken = await world.ask(world.broker.secret, "withdrawCustodyChange", { params: { id }, body: {} });
  expect((await commandsOf(taken.body.operationId))[0]!.args).toMatchObject({ consents: false });
  expect((await approve(id)).code).toBe("STATE_CONFLICT");
  expect((await again()).status).toBe(202);
});

it("a third broker sees nothing of it, the giving one cannot consent for the other", async () => {
  const { id } = await filedChange(world);
  const third = await world.admit("broker", "staff:broker-c");
  expect((await world.ask(third.secret, "getCustodyChange", { params: { id } })).status).toBe(404);
  const { body } = await world.ask(third.secret, "listCustodyChanges", { query: {} });
  expect(body.items).toEqual([]);
  const question = { params: { id }, body: { externalId: "mine" } };
  expect((await world.ask(third.secret, "consentToCustodyChange", question)).status).toBe(404);
  expect((await world.ask(world.broker.secret, "consentToCustodyChange", question)).code).toBe("FORBIDDEN");
});

it("names a customer of one's own and another broker", async () => {
  const { customer } = await filedChange(world);
  const ask = (secret: string, toBrokerId: string, investorId = customer.investorId) =>
    world.ask(secret, "fileCustodyChange", { body: { investorId, toBrokerId, documents } });
  expect((await ask(world.other.secret, world.broker.partyId)).status).toBe(404);
  for (const to of [world.broker.partyId, world.issuer.partyId, "pty_0192aaaaaaaa7bbb8cccdddddddddddd"])
    expect((await ask(world.broker.secret, to)).problem.errors?.[0]?.pointer).toBe("/toBrokerId");
});
