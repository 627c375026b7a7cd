import { refusal } from "@genbo/domain/refusals";
import { decodeMove } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { dated, order, transferIn } from "./support/successes.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const codes = (failing: readonly { code: string }[] | undefined) => failing?.map(({ code }) => code);

describe("a transfer request", () => {
  it("asks the chain to hold the units, with its dates kept apart", async () => {
    const trade = await traded(world);
    const body = { ...order(trade), ...dated, acquiredOn: "2021-08-03", lotAcquiredOn: "2021-08-02" };
    const { body: accepted } = await world.ask(world.broker.secret, "requestTransfer", { body });
    const { rows } = await world.owner.query(
      `select c.call, c.args, c.ref = t.ref as same_ref, c.signer, p.signer as broker, i.token = c.target as on_token,
         t.state, t.buyer_broker
       from command c join transfer t on t.id = $2 join issue i on i.id = t.issue_id join party p on p.id = t.seller_broker
       where c.operation_id = $1`,
      [accepted.operationId, accepted.transferId],
    );
    expect(rows[0]).toMatchObject({
      call: "requestTransfers",
      same_ref: true,
      on_token: true,
      state: "requested",
    });
    expect(rows[0].signer).toBe(rows[0].broker);
    expect(rows[0].buyer_broker).toBe(world.other.partyId);
    const days = decodeMove(rows[0].args.data);
    expect([days.settlementDate - days.tradeDate, days.acquiredOn - days.tradeDate]).toEqual([2, 1]);
    expect(days.lotAcquiredOn).toBe(days.tradeDate);
    // 30 days after the settlement date, 24:00 JST.
    expect(rows[0].args.expiryMinutes).toBe(Date.parse("2021-09-03T15:00:00Z") / 60_000);
  });

  it("names every failing rule, writes nothing but the refusal, and says so as its pre-check does", async () => {
    const trade = await traded(world);
    const lapsing = await world.open(world.other, unused(), {
      validUntil: "2021-08-02T00:30:00Z",
      classes: ["RETAIL"],
    });
    const body = {
      ...order(trade, { to: lapsing.account, units: "101", lotAcquiredOn: "2021-07-01" }),
      ...dated,
    };
    world.clock.set(new Date("2021-08-02T01:00:00Z"));
    const { tradeDate: _, settlementDate: __, ...plain } = body;
    const precheck = await world.ask(world.broker.secret, "precheckTransfer", { body: plain });
    expect(precheck.body).toMatchObject({ allowed: false, needs: ["acceptance", "approval"] });
    const refused = await world.ask(world.broker.secret, "requestTransfer", { body });
    expect([refused.status, refused.code]).toEqual([422, "TRANSFER_REFUSED"]);
    expect(codes(refused.problem.failing)).toEqual([
      "INSUFFICIENT_UNITS",
      "RECEIVER_CHECK_LAPSED",
      "LOT_CLOSED",
    ]);
    expect(refused.problem.failing).toEqual(precheck.body.failing);
    const audit = await world.owner.query("select outcome, detail from audit_row where request_id = $1", [
      refused.headers["x-request-id"],
    ]);
    expect(audit.rows).toEqual([
      { outcome: "refused", detail: { code: "TRANSFER_REFUSED", failing: codes(refused.problem.failing) } },
    ]);
    const written = await world.owner.query("select 1 from transfer where issue_id = $1", [trade.issueId]);
    expect(written.rowCount).toBe(0);
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
  });

  it("is refused with days and ends that no register or hold could bear", async () => {
    const trade = await traded(world);
    const ask = (more: object) =>
      world.ask(world.broker.secret, "requestTransfer", { body: { ...order(trade), ...dated, ...more } });
    expect((await ask({ acquiredOn: "2021-08-01" })).problem.pointer).toBe("/acquiredOn");
    expect((await ask({ expiresAt: "9999-01-01T00:00:00Z" })).problem.pointer).toBe("/expiresAt");
    expect((await ask({ acquiredOn: "2021-08-05" })).problem.pointer).toBe("/acquiredOn");
    const far = { tradeDate: "2149-06-06", settlementDate: "2149-06-06" };
    expect((await ask(far)).problem.pointer).toBe("/tradeDate");
    expect((await ask({ settlementDate: "2022-08-04" })).problem.pointer).toBe("/settlementDate");
    expect((await ask({ tradeDate: "2020-07-31" })).problem.pointer).toBe("/tradeDate");
    const row = { ...order(trade), ...dated, ...far };
    const bulk = await world.ask(world.broker.secret, "requestTransfers", { body: { rows: [row] } });
    expect(bulk.problem.rows).toMatchObject([
      { row: 0, pointer: "/rows/0/tradeDate", code: "INVALID_FIELD" },
    ]);
    const past = await ask({ expiresAt: "2021-08-01T00:00:00Z" });
    expect(codes(past.problem.failing)).toEqual(["HOLD_EXPIRED"]);
  });

  it("is refused for a trade before the issue's payment day, when nobody had units to sell", async () => {
    const trade = await traded(world);
    const early = { tradeDate: "2021-08-01", settlementDate: "2021-08-04" };
    const row = { ...order(trade), ...early };
    const single = await world.ask(world.broker.secret, "requestTransfer", { body: row });
    expect([single.status, single.problem.pointer]).toEqual([422, "/tradeDate"]);
    const bulk = await world.ask(world.broker.secret, "requestTransfers", { body: { rows: [row] } });
    expect(bulk.problem.rows).toMatchObject([
      { row: 0, pointer: "/rows/0/tradeDate", code: "INVALID_FIELD" },
    ]);
  });

  it("speaks Japanese to who asks for it", async () => {
    const trade = await traded(world);
    const body = { ...order(trade, { to: `0x${"55".repeat(20)}` }), ...dated };
    const headers = { "accept-language": "ja-JP,ja;q=0.9" };
    const { problem } = await world.ask(world.broker.secret, "requestTransfer", { body, headers });
    expect(problem.failing?.[0]).toMatchObject({
      code: "RECEIVER_NOT_REGISTERED",
      detail: refusal("RECEIVER_NOT_REGISTERED").ja,
    });
    expect(problem.title).toBe("譲渡の条件を満たしていません");
  });

  it("is refused to a broker that does not keep the seller's account", async () => {
    const trade = await traded(world);
    const body = { ...order(trade), ...dated };
    const refused = await world.ask(world.other.secret, "requestTransfer", { body });
    expect(codes(refused.problem.failing)).toEqual(["NOT_CUSTODIAN"]);
  });

  it("moves at once where the policy wants neither acceptance nor approval", async () => {
    const issueId = await world.activeIssue({
      policy: { acceptanceRequired: false, approvalRequired: false },
    });
    const [seller, buyer] = [
      await world.open(world.broker, unused()),
      await world.open(world.broker, unused()),
    ];
    await world.ledger.issue(issueId, seller.account, 5n);
    const body = { ...order({ issueId, seller, buyer }), ...dated, settlementDate: dated.tradeDate };
    const early = { ...body, settlementDate: "2021-08-04" };
    const refused = await world.ask(world.broker.secret, "requestTransfer", { body: early });
    expect(refused.code).toBe("NOT_YET_SETTLED");
    const bulk = await world.ask(world.broker.secret, "requestTransfers", { body: { rows: [early] } });
    expect([bulk.status, bulk.code, bulk.problem.retryable]).toEqual([409, "NOT_YET_SETTLED", true]);
    expect(bulk.problem.rows).toMatchObject([{ code: "NOT_YET_SETTLED", pointer: "/rows/0/settlementDate" }]);
    const { body: accepted } = await world.ask(world.broker.secret, "requestTransfer", { body });
    const { rows } = await world.owner.query("select call from command where operation_id = $1", [
      accepted.operationId,
    ]);
    expect(rows).toEqual([{ call: "custodiedTransfer" }]);
  });
});

describe("many requests in one", () => {
  it("become one operation with a transfer and a command a row", async () => {
    const row = { ...order(await traded(world)), ...dated };
    const rows = Array.from({ length: 50 }, () => row);
    const { body } = await world.ask(world.broker.secret, "requestTransfers", { body: { rows } });
    expect(body.transferIds).toHaveLength(50);
    const found = await world.owner.query(
      `select t.id from command c join transfer t on t.ref = c.ref where c.operation_id = $1 order by c.row`,
      [body.operationId],
    );
    expect(found.rows.map(({ id }) => id)).toEqual(body.transferIds);
  });

  it("do not promise the same units twice", async () => {
    const trade = await traded(world);
    const row = { ...order(trade, { units: "60" }), ...dated };
    const { problem } = await world.ask(world.broker.secret, "requestTransfers", {
      body: { rows: [row, row] },
    });
    expect(problem.code).toBe("ROWS_INVALID");
    expect(problem.rows).toMatchObject([{ row: 1, failing: [{ code: "INSUFFICIENT_UNITS" }] }]);
  });

  it("name each wrong row by its number, fields and rules alike", async () => {
    const row = { ...order(await traded(world)), ...dated };
    const fields = { rows: [row, { ...row, units: 2, extra: 1 }, { ...row, settlementDate: "2021-07-01" }] };
    const { problem } = await world.ask(world.broker.secret, "requestTransfers", { body: fields });
    expect(problem.rows?.map(({ row, pointer }) => [row, pointer])).toEqual([
      [1, "/rows/1/units"],
      [1, "/rows/1/extra"],
      [2, "/rows/2/settlementDate"],
    ]);
    const ids = { rows: [row, { ...row, issueId: "iss_0192aaaaaaaa7bbb8cccdddddddddddd" }] };
    const unknown = await world.ask(world.broker.secret, "requestTransfers", { body: ids });
    expect(unknown.problem.rows).toMatchObject([{ row: 1, code: "NOT_FOUND", pointer: "/rows/1/issueId" }]);
  });
});

describe("a step of a transfer", () => {
  const step = (secret: string, id: string, what: "acceptTransfer" | "approveTransfer" | "cancelTransfer") =>
    world.ask(secret, what, { params: { id }, body: {} });

  it("waits until the units are held", async () => {
    const id = await transferIn(world, "requested");
    const early = await step(world.other.secret, id, "acceptTransfer");
    expect([early.code, early.problem.retryable]).toEqual(["NOT_YET_HELD", true]);
  });

  it("is taken by the buyer's broker and then the trustee, each on its own lane", async () => {
    const id = await transferIn(world, "held");
    const soon = await step(world.trustee.secret, id, "approveTransfer");
    expect(codes(soon.problem.failing)).toEqual(["HOLD_NOT_ACCEPTED"]);
    const accepted = await step(world.other.secret, id, "acceptTransfer");
    expect(accepted.status).toBe(202);
    const twice = await step(world.other.secret, id, "acceptTransfer");
    expect(twice.code).toBe("STATE_CONFLICT");
    const { rows } = await world.owner.query("select ref from transfer where id = $1", [id]);
    await world.ledger.setTransfer(rows[0].ref, "accepted");
    expect((await step(world.trustee.secret, id, "approveTransfer")).status).toBe(202);
    const { body } = await world.ask(world.trustee.secret, "getTransfer", { params: { id } });
    expect(body).toMatchObject({ acceptor: "staff:broker-b", checker: "staff:trustee" });
    const calls = await world.owner.query(
      "select c.call, p.kind, c.ref = t.ref as same from command c join party p on p.signer = c.signer join transfer t on t.ref = c.ref where t.id = $1 order by c.id",
      [id],
    );
    expect(calls.rows).toEqual([
      { call: "requestTransfers", kind: "broker", same: true },
      { call: "acceptTransfers", kind: "broker", same: true },
      { call: "approveTransfers", kind: "trustee", same: true },
    ]);
    expect(body.operationIds).toHaveLength(3);
  });

  it("is not taken by whoever made the request", async () => {
    const id = await transferIn(world, "accepted");
    const maker = await world.keyFor(world.trustee.partyId, "staff:broker-a");
    const own = await step(maker, id, "approveTransfer");
    expect([own.status, own.code]).toEqual([403, "MAKER_IS_CHECKER"]);
  });

  it("is taken by three persons: who requests, who accepts, who approves", async () => {
    const id = await transferIn(world, "held");
    // A person of the seller's broker who also has a key of the buyer's.
    const both = await world.keyFor(world.other.partyId, "staff:broker-a");
    expect((await step(both, id, "acceptTransfer")).code).toBe("MAKER_IS_CHECKER");
    await step(world.other.secret, id, "acceptTransfer");
    const { rows } = await world.owner.query("select ref from transfer where id = $1", [id]);
    await world.ledger.setTransfer(rows[0].ref, "accepted");
    const acceptor = await world.keyFor(world.trustee.partyId, "staff:broker-b");
    expect((await step(acceptor, id, "approveTransfer")).code).toBe("MAKER_IS_CHECKER");
    expect((await step(world.trustee.secret, id, "approveTransfer")).status).toBe(202);
  });

  it("is not the approval before the settlement day has come in Japan", async () => {
    const id = await transferIn(world, "accepted");
    await world.owner.query("update transfer set settlement_date = '2021-08-04' where id = $1", [id]);
    world.clock.set(new Date("2021-08-03T14:59:59Z"));
    const early = await step(world.trustee.secret, id, "approveTransfer");
    expect([early.status, early.code, early.problem.retryable]).toEqual([409, "NOT_YET_SETTLED", true]);
    world.clock.set(new Date("2021-08-03T15:00:00Z"));
    expect((await step(world.trustee.secret, id, "approveTransfer")).status).toBe(202);
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
  });

  it("is taken once when many take it at the same time", async () => {
    const id = await transferIn(world, "accepted");
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => step(world.trustee.secret, id, "approveTransfer")),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === "STATE_CONFLICT")).toHaveLength(4);
  });

  it("may be taken again after the chain has refused it", async () => {
    const id = await transferIn(world, "accepted");
    const { body } = await step(world.trustee.secret, id, "approveTransfer");
    await world.db
      .pool("genbo_indexer")
      .query("update operation set state = 'refused', rows_refused = 1 where id = $1", [body.operationId]);
    expect((await step(world.trustee.secret, id, "approveTransfer")).status).toBe(202);
  });

  it("is withdrawn by the seller's broker alone", async () => {
    const id = await transferIn(world, "held");
    expect((await step(world.other.secret, id, "cancelTransfer")).code).toBe("NOT_CUSTODIAN");
    expect((await step(world.broker.secret, id, "cancelTransfer")).status).toBe(202);
    expect((await step(world.trustee.secret, id, "approveTransfer")).status).toBeGreaterThanOrEqual(400);
  });

  it("is refused while the rules stand against its execution", async () => {
    const id = await transferIn(world, "accepted");
    const found = await world.ask(world.trustee.secret, "getTransfer", { params: { id } });
    await world.db
      .pool("genbo_indexer")
      .query("update account set flags = 1 where address = $1", [found.body.to]);
    const refused = await step(world.trustee.secret, id, "approveTransfer");
    expect(codes(refused.problem.failing)).toEqual(["RECEIVER_FROZEN"]);
  });

  it("is refused while a break of the issue's register is open", async () => {
    const trade = await traded(world);
    await world.db
      .pool("genbo_indexer")
      .query(
        "insert into register_break (id, issue_id, kind, detail, block_number, opened_at) values ($1, $2, 'HEAD', '{}', 1, now())",
        [`brk_${unused()}`, trade.issueId],
      );
    const row = { ...order(trade), ...dated };
    const refused = await world.ask(world.broker.secret, "requestTransfer", { body: row });
    expect(refused.code).toBe("ISSUE_QUARANTINED");
    const rows = [{ ...order(await traded(world)), ...dated }, row, row];
    const bulk = await world.ask(world.broker.secret, "requestTransfers", { body: { rows } });
    expect([bulk.status, bulk.code, bulk.problem.retryable]).toEqual([409, "ISSUE_QUARANTINED", true]);
    expect(bulk.headers["retry-after"]).toBe(refused.headers["retry-after"]);
    expect(bulk.problem.rows?.map(({ pointer }) => pointer)).toEqual(["/rows/1/issueId", "/rows/2/issueId"]);
    const wrong = {
      rows: [row, { ...row, ...order(trade, { issueId: "iss_0192aaaaaaaa7bbb8cccdddddddddddd" }) }],
    };
    const mixed = await world.ask(world.broker.secret, "requestTransfers", { body: wrong });
    expect([mixed.code, mixed.problem.rows?.length]).toEqual(["ROWS_INVALID", 2]);
    expect((await world.ask(null, "status")).body.openBreaks).toMatchObject([
      { issueId: trade.issueId, kind: "HEAD" },
    ]);
  });
});
