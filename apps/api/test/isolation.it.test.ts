import { beforeAll, describe, expect, it } from "vitest";
import { dated, order, transferIn } from "./support/successes.ts";
import { type Traded, traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let trade: Traded;
beforeAll(async () => {
  world = await createWorld();
  trade = await traded(world);
});

/** A problem's body without what differs between any two requests. */
const bare = (text: string): string => text.replace(/"requestId":"[^"]*"/, "");

const nothing = (prefix: string): string => `${prefix}_0192aaaaaaaa7bbb8cccdddddddddddd`;

describe("a broker", () => {
  it("gets the same answer for another's customer as for nobody", async () => {
    const theirs = { id: trade.buyer.investorId };
    const nobody = { id: nothing("inv") };
    const read = (params: { id: string }) => world.ask(world.broker.secret, "getInvestor", { params });
    expect(bare((await read(theirs)).text)).toBe(bare((await read(nobody)).text));
    const body = { effectiveOn: "2021-08-01", evidenceRef: "doc-1", country: 392 };
    const patch = (params: { id: string }) =>
      world.ask(world.broker.secret, "changeParticulars", { params, body });
    expect(bare((await patch(theirs)).text)).toBe(bare((await patch(nobody)).text));
    const open = (investorId: string) =>
      world.ask(world.broker.secret, "registerWallet", { body: { investorId } });
    expect(bare((await open(theirs.id)).text)).toBe(bare((await open(nobody.id)).text));
    const holder = (personId: string) =>
      world.ask(world.broker.secret, "readHolder", { params: { id: trade.issueId, personId } });
    await world.ledger.issue(trade.issueId, trade.buyer.account, 5n);
    expect(bare((await holder(trade.buyer.personId)).text)).toBe(
      bare((await holder(`0x${"0".repeat(24)}`)).text),
    );
  });

  it("lists its own customers, wallets, transfers and operations only", async () => {
    const ids = async (secret: string) => {
      const { body } = await world.ask(secret, "listInvestors", { query: { limit: 1000 } });
      return new Set(body.items.map(({ id }) => id));
    };
    const [mine, theirs] = [await ids(world.broker.secret), await ids(world.other.secret)];
    expect(mine.has(trade.seller.investorId)).toBe(true);
    expect([...mine].filter((id) => theirs.has(id))).toEqual([]);
    const { body: wallets } = await world.ask(world.broker.secret, "listWallets", {
      query: { address: trade.buyer.account },
    });
    expect(wallets.items).toEqual([]);
    const { body: operations } = await world.ask(world.broker.secret, "listOperations", {
      query: { limit: 1000 },
    });
    const { rows } = await world.owner.query("select id from operation where party_id = $1", [
      world.broker.partyId,
    ]);
    expect(new Set(operations.items.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)));
  });

  it("sees its own customers in the register, and no sums of the others", async () => {
    const { body } = await world.ask(world.broker.secret, "readRegister", { params: { id: trade.issueId } });
    expect(body.items.map(({ personId }) => personId)).toEqual([trade.seller.personId]);
    expect(body.totals).toBeNull();
    const { body: all } = await world.ask(world.trustee.secret, "readRegister", {
      params: { id: trade.issueId },
    });
    expect(all.totals).toMatchObject({ units: "105", holders: 2 });
  });

  it("sees the person of its own side of an entry alone", async () => {
    const { issueId, seller, buyer } = await traded(world);
    await world.ledger.hold(issueId, {
      ref: `0x${"5a".repeat(32)}`,
      from: seller.account,
      to: buyer.account,
      units: 1n,
    });
    const { body } = await world.ask(world.broker.secret, "listEntries", { params: { id: issueId } });
    expect(body.items.at(-1)).toMatchObject({
      from: seller.account,
      fromPerson: seller.personId,
      to: buyer.account,
      toPerson: null,
    });
  });

  it("sees the person of its own side of a hold alone", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const ref = `0x${"5b".repeat(32)}`;
    await world.ledger.hold(issueId, { ref, from: seller.account, to: buyer.account, units: 1n });
    const persons = async (secret: string) => {
      const { body } = await world.ask(secret, "listHolds", { params: { id: issueId } });
      return body.items.map(({ personId, targetPersonId }) => [personId, targetPersonId]);
    };
    expect(await persons(world.broker.secret)).toEqual([[seller.personId, null]]);
    expect(await persons(world.other.secret)).toEqual([[null, buyer.personId]]);
    expect(await persons(world.trustee.secret)).toEqual([[seller.personId, buyer.personId]]);
  });

  it("sees a transfer when it keeps one side of it, and no other transfer", async () => {
    const id = await transferIn(world, "held");
    const stranger = await world.admit("broker", "staff:broker-c");
    const read = (secret: string, of: string) => world.ask(secret, "getTransfer", { params: { id: of } });
    expect((await read(world.other.secret, id)).status).toBe(200);
    expect(bare((await read(stranger.secret, id)).text)).toBe(
      bare((await read(stranger.secret, nothing("trf"))).text),
    );
    const accept = (of: string) =>
      world.ask(stranger.secret, "acceptTransfer", { params: { id: of }, body: {} });
    expect(bare((await accept(id)).text)).toBe(bare((await accept(nothing("trf"))).text));
    // A side of it may know that it is there: so it learns that it is not its turn.
    const wrongSide = await world.ask(world.broker.secret, "acceptTransfer", { params: { id }, body: {} });
    expect([wrongSide.status, wrongSide.code]).toEqual([403, "NOT_CUSTODIAN"]);
  });

  it("learns nothing of another's account from the rules", async () => {
    const ask = (from: string) =>
      world.ask(world.broker.secret, "precheckTransfer", {
        body: {
          ...order(trade),
          from,
          to: trade.seller.account,
          units: "1000000",
          lotAcquiredOn: "2020-01-01",
        },
      });
    const [theirs, nobody] = [await ask(trade.buyer.account), await ask(`0x${"12".repeat(20)}`)];
    expect(theirs.body.failing.map(({ code }) => code)).toEqual(["NOT_CUSTODIAN"]);
    expect(theirs.body.failing).toEqual(nobody.body.failing);
  });
});

describe("a party", () => {
  it("sees an operation of another as nothing", async () => {
    const body = { ...order(await traded(world)), ...dated };
    const { body: accepted } = await world.ask(world.broker.secret, "requestTransfer", { body });
    const read = (secret: string, id: string) => world.ask(secret, "getOperation", { params: { id } });
    expect((await read(world.trustee.secret, accepted.operationId)).status).toBe(200);
    for (const secret of [world.other.secret, world.issuer.secret]) {
      const answer = await read(secret, accepted.operationId);
      expect(bare(answer.text)).toBe(bare((await read(secret, nothing("op"))).text));
    }
  });

  it("of another issue or trust sees none of it", async () => {
    const issuer = await world.admit("issuer", "staff:issuer-2");
    const trustee = await world.admit("trustee", "staff:trustee-2");
    const params = { id: trade.issueId };
    expect((await world.ask(issuer.secret, "getIssue", { params })).code).toBe("NOT_FOUND");
    expect((await world.ask(issuer.secret, "readTotals", { params })).code).toBe("NOT_FOUND");
    expect((await world.ask(trustee.secret, "readRegister", { params })).code).toBe("NOT_FOUND");
    expect(
      (
        await world.ask(trustee.secret, "setRecordDate", {
          params,
          body: { day: "2021-08-31", purpose: "x" },
        })
      ).code,
    ).toBe("NOT_FOUND");
    const rows = [{ to: trade.buyer.account, units: "2" }];
    expect((await world.ask(issuer.secret, "issueUnits", { params, body: { rows } })).code).toBe("NOT_FOUND");
    const id = await transferIn(world, "accepted");
    expect((await world.ask(trustee.secret, "approveTransfer", { params: { id }, body: {} })).code).toBe(
      "NOT_FOUND",
    );
  });

  it("keeps its own keys only", async () => {
    const params = { id: world.broker.partyId };
    expect((await world.ask(world.trustee.secret, "listKeys", { params })).code).toBe("NOT_FOUND");
    expect(
      (await world.ask(world.trustee.secret, "createKey", { params, body: { subject: unused() } })).code,
    ).toBe("NOT_FOUND");
    const own = { id: world.trustee.partyId };
    expect(
      (await world.ask(world.trustee.secret, "createKey", { params: own, body: { subject: unused() } }))
        .status,
    ).toBe(201);
  });
});

describe("personal data", () => {
  it("is shown to the register's keepers and the own broker, and each reading is audited", async () => {
    const params = { id: trade.seller.investorId };
    const query = { purpose: "本人からの照会" };
    for (const { secret } of [world.broker, world.trustee, world.compliance]) {
      const { body, headers } = await world.ask(secret, "getInvestor", { params, query });
      expect(body.particulars?.value.name.romaji).toBe("Mihon Taro");
      const audit = await world.owner.query(
        "select outcome, purpose, target from audit_row where request_id = $1",
        [headers["x-request-id"]],
      );
      expect(audit.rows).toEqual([{ outcome: "read", purpose: query.purpose, target: params.id }]);
    }
    const masked = await world.ask(world.auditor.secret, "getInvestor", { params });
    expect(masked.body.particulars).toBeNull();
    const holder = await world.ask(world.auditor.secret, "readHolder", {
      params: { id: trade.issueId, personId: trade.seller.personId },
    });
    expect(holder.body.particulars).toEqual([]);
  });

  it("stands in no table but the vault's sealed column", async () => {
    const { rows: tables } = await world.owner.query(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    for (const { name } of tables) {
      const { rows } = await world.owner.query(
        `select count(*)::int as n from "${name}" t where t::text ~ '見本 太郎|ミホン|Mihon|渋谷区'`,
      );
      expect([name, rows[0].n]).toEqual([name, 0]);
    }
  });
});
