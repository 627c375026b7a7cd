import { type Role, roles } from "@genbo/domain/permissions";
import { beforeAll, describe, expect, it } from "vitest";
import { askedView } from "./support/successes-anchors.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type Holder, type World } from "./support/world.ts";

let world: World;
let id: string;
let others: Holder;

/** One issue with the investor of the world, another customer of the same broker, and one of the other broker. */
beforeAll(async () => {
  world = await createWorld();
  id = await world.activeIssue();
  others = await world.open(world.other, unused());
  const second = await world.open(world.broker, unused());
  await world.ledger.issue(id, world.investor.account, 5n);
  await world.ledger.issue(id, second.account, 7n);
  await world.ledger.issue(id, others.account, 11n);
  await world.ledger.move(id, { from: others.account, to: world.investor.account, units: 2n });
});

const purpose = { purpose: "照会" };
const names = (secret: string, personId: string, query: object = purpose) =>
  world.ask(secret, "readHolder", { params: { id, personId }, query: { ...query } });

/** How many accounts each role reads of the register's three, and whether it reads the name of their holder. */
const sees: Record<Role, { accounts: number | null; own: boolean | null; foreign: boolean | null }> = {
  trustee: { accounts: 3, own: true, foreign: true },
  compliance: { accounts: 3, own: true, foreign: true },
  broker: { accounts: 2, own: true, foreign: null },
  auditor: { accounts: 3, own: false, foreign: false },
  issuer: { accounts: null, own: null, foreign: null },
  "settlement-agent": { accounts: null, own: null, foreign: null },
  venue: { accounts: null, own: null, foreign: null },
  investor: { accounts: null, own: null, foreign: null },
  operator: { accounts: null, own: null, foreign: null },
};

describe.each(roles)("%s", (role) => {
  it("sees of the register what its role may, and no more", async () => {
    const secret = world.secretOf(role);
    const page = await world.ask(secret, "readRegister", { params: { id } });
    expect(page.status === 200 ? page.body.items.length : null).toBe(sees[role].accounts);
    const named = async (personId: string) => {
      const { status, body } = await names(secret, personId);
      return status === 200 ? body.particulars.length > 0 : null;
    };
    expect([await named(world.investor.personId), await named(others.personId)]).toEqual([
      sees[role].own,
      sees[role].foreign,
    ]);
  });
});

describe("an investor", () => {
  const own = (query = {}) => world.ask(world.investor.secret, "readOwnHolding", { params: { id }, query });

  it("sees its own holding and particulars, and each reading is written down", async () => {
    const { body, headers } = await own();
    expect(body).toMatchObject({ personId: world.investor.personId, units: "7" });
    expect(body.accounts).toHaveLength(1);
    expect(body.particulars[0]?.value?.name.romaji).toBe("Mihon Taro");
    const { rows } = await world.owner.query(
      "select actor, outcome, purpose, target from audit_row where request_id = $1",
      [headers["x-request-id"]],
    );
    const target = world.investor.personId;
    expect(rows).toEqual([
      { actor: "person:customer-who-reads", outcome: "read", purpose: "own data", target },
    ]);
  });

  it("sees the lines that concern it, without the other side's person", async () => {
    const { body, text } = await world.ask(world.investor.secret, "listOwnEntries", { params: { id } });
    expect(body.items.map(({ kind, units }) => [kind, units])).toEqual([
      ["ISSUE", "5"],
      ["FORCED_TRANSFER", "2"],
    ]);
    expect(text).not.toContain(others.personId);
  });

  it("holds nothing where it holds nothing, and is bound to one person for good", async () => {
    const empty = await world.activeIssue();
    await world.ledger.issue(empty, others.account, 1n);
    const asked = await world.ask(world.investor.secret, "readOwnHolding", { params: { id: empty } });
    expect(asked.code).toBe("NOT_FOUND");
    const party = (body: object) =>
      world.ask(world.operator, "createParty", { body: { kind: "investor", name: "x", ...body } });
    expect((await party({})).problem).toMatchObject({ pointer: "/investorId" });
    expect(
      (await party({ investorId: `inv_${"0".repeat(12)}7${"0".repeat(3)}8${"0".repeat(15)}` })).problem,
    ).toMatchObject({
      pointer: "/investorId",
    });
    const issuer = { kind: "issuer" as const, name: "x", investorId: world.investor.investorId };
    expect((await world.ask(world.operator, "createParty", { body: issuer })).problem).toMatchObject({
      pointer: "/investorId",
    });
    expect((await party({ investorId: world.investor.investorId })).code).toBe("ALREADY_EXISTS");
  });

  it("is no party that others see", async () => {
    const { text } = await world.ask(world.trustee.secret, "listParties", { query: { limit: 100 } });
    expect(text).not.toContain(world.investor.partyId);
    const params = { id: world.investor.partyId };
    expect((await world.ask(world.trustee.secret, "getParty", { params })).code).toBe("NOT_FOUND");
    expect((await world.ask(world.investor.secret, "getParty", { params })).body.name).toBe("investor");
  });
});

it("a venue sees an issue without the sums of its holders, who may be few", async () => {
  const of = async (secret: string) =>
    (await world.ask(secret, "getIssue", { params: { id } })).body.register;
  expect(await of(world.secretOf("venue"))).toBeNull();
  expect(await of(world.issuer.secret)).toMatchObject({ holders: 3 });
  const { body } = await world.ask(world.secretOf("venue"), "listIssues", { query: {} });
  expect(body.items.map(({ register }) => register)).toEqual(body.items.map(() => null));
});

describe("an auditor", () => {
  it("reads names while a view is open that two persons opened, by its reason, and never else", async () => {
    const read = () => names(world.auditor.secret, others.personId, {});
    const view = await askedView(world, id);
    const open = (secret: string) => world.ask(secret, "openAuditView", { params: { id: view }, body: {} });
    expect((await read()).body.particulars).toEqual([]);
    expect((await open(world.trustee.secret)).code).toBe("MAKER_IS_CHECKER");
    expect((await open(world.compliance.secret)).body).toMatchObject({ state: "open" });
    const { body, headers } = await read();
    expect(body.particulars).toHaveLength(1);
    const { rows } = await world.owner.query("select purpose from audit_row where request_id = $1", [
      headers["x-request-id"],
    ]);
    expect(rows).toEqual([{ purpose: "会計監査" }]);
    const stranger = await world.admit("auditor", "staff:another-auditor");
    expect((await names(stranger.secret, others.personId)).body.particulars).toEqual([]);
    const elsewhere = await world.activeIssue();
    await world.ledger.issue(elsewhere, others.account, 1n);
    const there = { id: elsewhere, personId: others.personId };
    const other = await world.ask(world.auditor.secret, "readHolder", { params: there, query: purpose });
    expect(other.body.particulars).toEqual([]);

    world.clock.set(new Date(world.clock.now().getTime() + 86_400_000));
    expect((await read()).body.particulars, "its time is over").toEqual([]);
    const { items } = (await world.ask(world.auditor.secret, "listAuditViews", { params: { id } })).body;
    expect(items).toMatchObject([{ id: view, state: "ended" }]);
  });

  it("loses a view that was ended, and nobody opens one for months or for whom is no auditor", async () => {
    const view = await askedView(world, id);
    await world.ask(world.compliance.secret, "openAuditView", { params: { id: view }, body: {} });
    expect((await names(world.auditor.secret, others.personId)).body.particulars).toHaveLength(1);
    await world.ask(world.trustee.secret, "endAuditView", { params: { id: view }, body: {} });
    expect((await names(world.auditor.secret, others.personId)).body.particulars).toEqual([]);
    const again = { params: { id: view }, body: {} };
    expect((await world.ask(world.compliance.secret, "openAuditView", again)).code).toBe("STATE_CONFLICT");
    const ask = (more: object) => {
      const until = new Date(world.clock.now().getTime() + 86_400_000).toISOString();
      const body = { auditorId: world.auditor.partyId, reason: "x", until, ...more };
      return world.ask(world.trustee.secret, "askAuditView", { params: { id }, body });
    };
    expect((await ask({ auditorId: world.broker.partyId })).problem).toMatchObject({ pointer: "/auditorId" });
    expect((await ask({ until: "2022-08-01T00:00:00Z" })).problem).toMatchObject({ pointer: "/until" });
  });
});

it("the register's keepers say why they read a name; without a reason there is none", async () => {
  for (const secret of [world.trustee.secret, world.compliance.secret])
    expect((await names(secret, others.personId, {})).problem).toMatchObject({ pointer: "query/purpose" });
});
