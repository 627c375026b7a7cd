import { beforeAll, describe, expect, it } from "vitest";
import { recordDate } from "./support/successes.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe("the register", () => {
  it("is read as of any instant or day, the same bytes each time", async () => {
    const issueId = await world.activeIssue();
    const holder = await world.open(world.broker, unused());
    world.ledger.at(new Date("2021-08-11T03:00:00Z"));
    await world.ledger.issue(issueId, holder.account, 10n);
    world.ledger.at(new Date("2021-10-07T03:00:00Z"));
    await world.ledger.issue(issueId, holder.account, 5n);
    const read = (query: object) =>
      world.ask(world.trustee.secret, "readRegister", { params: { id: issueId }, query: { ...query } });
    expect((await read({ asOf: "2021-08-10" })).body).toMatchObject({ items: [], totals: { units: "0" } });
    const then = await read({ asOf: "2021-08-11" });
    expect(then.body).toMatchObject({ asOf: { seq: 3 }, totals: { units: "10", holders: 1 } });
    expect(then.body.items).toMatchObject([
      { units: "10", free: "10", lots: [{ acquiredOn: "2021-08-11", units: "10" }] },
    ]);
    const later = await read({ asOf: "2021-10-07T03:00:00Z" });
    expect(later.body.items).toMatchObject([{ units: "15", lots: [{ units: "10" }, { units: "5" }] }]);
    expect((await read({ asOf: "2021-10-07T02:59:59Z" })).body.items).toMatchObject([{ units: "10" }]);
    await world.ledger.issue(issueId, holder.account, 1n);
    expect((await read({ asOf: "2021-08-11" })).text).toBe(then.text);
  });

  it("is not told as of a moment that has not come, unless a block is named", async () => {
    const { issueId: id } = await traded(world);
    const read = (query: object) =>
      world.ask(world.trustee.secret, "readRegister", { params: { id }, query: { ...query } });
    for (const asOf of ["2099-01-01", "2099-01-01T00:00:00Z"]) {
      const future = await read({ asOf });
      expect([future.status, future.code]).toEqual([422, "AS_OF_IN_FUTURE"]);
      expect((await read({ asOf, minBlock: 1 })).status).toBe(200);
    }
  });

  it("comes in pages that fit together", async () => {
    const issueId = await world.activeIssue();
    for (let i = 0; i < 5; i += 1)
      await world.ledger.issue(issueId, (await world.open(world.broker, unused())).account, 2n);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) };
      const { body } = await world.ask(world.trustee.secret, "readRegister", {
        params: { id: issueId },
        query,
      });
      seen.push(...body.items.map(({ account }) => account));
      cursor = body.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  it("gives entries in order with kind, basis and article, and sums by class without persons", async () => {
    const { issueId } = await traded(world);
    const { body } = await world.ask(world.auditor.secret, "listEntries", { params: { id: issueId } });
    expect(body.items.map(({ seq, kind, basis }) => [seq, kind, basis])).toEqual([
      [1, "POLICY", "NONE"],
      [2, "TERMS", "NONE"],
      [3, "ISSUE", "INITIAL"],
    ]);
    expect(body.items[2]?.basisArticle).toBe("TA 186");
    const next = await world.ask(world.auditor.secret, "listEntries", {
      params: { id: issueId },
      query: { after: 2 },
    });
    expect(next.body.items).toEqual(body.items.slice(2));
    const totals = await world.ask(world.trustee.secret, "readTotals", { params: { id: issueId } });
    expect(totals.body).toMatchObject({
      units: "100",
      holders: 1,
      byClass: [{ class: "RETAIL", holders: 1, units: "100" }],
    });
    expect(totals.text).not.toContain("personId");
  });

  it("waits a moment for a block, then says how far it is", async () => {
    const number = await world.ledger.block();
    const waiting = world.ask(world.auditor.secret, "listIssues", { query: { minBlock: number + 1 } });
    await world.ledger.block();
    expect((await waiting).body.asOf?.block).toBeGreaterThan(number);
    const late = await world.ask(world.auditor.secret, "listIssues", { query: { minBlock: number + 1_000 } });
    expect([late.code, late.problem.retryable]).toEqual(["REGISTER_BEHIND", true]);
  });

  it("shows a holder with every version of the particulars that was known by then", async () => {
    const { issueId, seller } = await traded(world);
    world.clock.set(new Date("2022-01-05T00:00:00Z"));
    const body = {
      effectiveOn: "2022-01-04",
      evidenceRef: "doc-1",
      particulars: { ...(await particulars(seller.investorId)), bornOn: null },
    };
    await world.ask(world.broker.secret, "changeParticulars", { params: { id: seller.investorId }, body });
    const read = (query: object) =>
      world.ask(world.trustee.secret, "readHolder", {
        params: { id: issueId, personId: seller.personId },
        query: { purpose: "照会", ...query },
      });
    expect((await read({})).body.particulars.map(({ version }) => version)).toEqual([2, 1]);
    expect((await read({ asOf: "2022-01-03" })).body.particulars.map(({ version }) => version)).toEqual([1]);
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
  });
});

const particulars = async (id: string) => {
  const { body } = await world.ask(world.broker.secret, "getInvestor", { params: { id } });
  return body.particulars!.value;
};

describe("a cursor", () => {
  it("of a list of inspections has the form of their ids", async () => {
    const { issueId: id } = await traded(world);
    const asked = await world.ask(world.trustee.secret, "listInspections", {
      params: { id },
      query: { cursor: id },
    });
    expect([asked.status, asked.code]).toEqual([422, "INVALID_FIELD"]);
  });

  it("of another list is refused, where it would silently skip rows", async () => {
    const { issueId: id } = await traded(world);
    const cursor = id;
    const register = await world.ask(world.trustee.secret, "readRegister", {
      params: { id },
      query: { cursor },
    });
    const issues = await world.ask(world.trustee.secret, "listTransfers", { query: { cursor } });
    expect([register.problem.pointer, issues.problem.pointer]).toEqual(["query/cursor", "query/cursor"]);
  });
});

describe("record dates", () => {
  it("are set once a purpose for a day that has not ended, and listed when frozen", async () => {
    const id = await world.activeIssue();
    const deed = { exerciseUntil: "2022-02-28", deedClauseRef: "信託契約第20条" };
    const set = (body: object) =>
      world.ask(world.trustee.secret, "setRecordDate", { params: { id }, body: { ...deed, ...body } });
    const made = await set({ day: "2022-01-31", purpose: "分配" });
    expect(made.body).toMatchObject({ closesAt: "2022-01-31T15:00:00.000Z", list: null });
    expect((await set({ day: "2022-01-31", purpose: "分配" })).code).toBe("ALREADY_EXISTS");
    expect((await set({ day: "2021-08-01", purpose: "過去" })).problem.pointer).toBe("/day");
    const early = await world.ask(world.trustee.secret, "readRecordDateList", {
      params: { id: made.body.id },
    });
    expect(early.code).toBe("STATE_CONFLICT");
  });

  it("give a frozen list in the same bytes whatever enters later", async () => {
    const id = await recordDate(world, true);
    const read = () => world.ask(world.trustee.secret, "readRecordDateList", { params: { id } });
    const then = await read();
    expect(then.body.asOf?.seq).toBe(then.body.list?.seq);
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(then.body.issueId, holder.account, 1n);
    expect((await read()).text).toBe(then.text);
  });
});

describe("events", () => {
  it("come in order from a cursor that skips nothing, to those whom they concern", async () => {
    const { issueId } = await traded(world);
    const indexer = world.db.pool("genbo_indexer");
    const { rows } = await world.owner.query("select coalesce(max(id), 0)::int as last from event");
    const first = rows[0].last;
    for (let i = 1; i <= 6; i += 1) {
      const parties = i % 2 === 0 ? [world.broker.partyId] : [world.other.partyId];
      await indexer.query(
        "insert into event (id, kind, issue_id, party_ids, data, block_number, at) values ($1, 'transfer.held', $2, $3, '{}', 1, '2021-08-02Z')",
        [first + i, issueId, parties],
      );
    }
    const read = (secret: string, after: number, limit = 100) =>
      world.ask(secret, "listEvents", { query: { after, limit } });
    const ids = async (secret: string) => (await read(secret, first)).body.items.map(({ id }) => id - first);
    expect(await ids(world.broker.secret)).toEqual([2, 4, 6]);
    expect(await ids(world.other.secret)).toEqual([1, 3, 5]);
    expect(await ids(world.trustee.secret)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await ids(world.issuer.secret)).toEqual([]);
    const page = await read(world.broker.secret, first, 2);
    expect([page.body.items.length, page.body.next]).toEqual([2, first + 4]);
    const rest = await read(world.broker.secret, page.body.next, 2);
    expect([rest.body.items.map(({ id }) => id), rest.body.next]).toEqual([[first + 6], first + 6]);
    expect((await read(world.issuer.secret, first)).body.next).toBe(first + 6);
  });
});

describe("operations", () => {
  it("give the results of their rows, those that were refused first", async () => {
    const externalIds = [unused(), unused(), unused()];
    for (const externalId of externalIds) await world.open(world.broker, externalId);
    const rows = externalIds.map((externalId, i) => ({ externalId, address: `0x${"c".repeat(39)}${i}` }));
    const { body: accepted } = await world.ask(world.broker.secret, "registerWallets", { body: { rows } });
    const id = accepted.operationId!;
    await world.db
      .pool("genbo_indexer")
      .query("update command set state = 'refused', code = 63 where operation_id = $1 and row = 2", [id]);
    const { body } = await world.ask(world.broker.secret, "getOperation", { params: { id } });
    expect(body.results.map(({ row, state, code }) => [row, state, code])).toEqual([
      [2, "refused", "VALIDITY_PAST"],
      [0, "queued", null],
      [1, "queued", null],
    ]);
    const page = await world.ask(world.broker.secret, "listOperationRows", {
      params: { id },
      query: { limit: 2 },
    });
    expect([page.body.items.map(({ row }) => row), page.body.next]).toEqual([[0, 1], "1"]);
    const last = await world.ask(world.broker.secret, "listOperationRows", {
      params: { id },
      query: { cursor: "1" },
    });
    expect(last.body.items.map(({ row }) => row)).toEqual([2]);
  });
});
