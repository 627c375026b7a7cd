import { refOf } from "@genbo/domain/ids";
import { encodePolicy } from "@genbo/domain/policy-word";
import { encodeRecord } from "@genbo/domain/registry-record";
import { zeroWord } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { bondTerms, issueDraft } from "./support/samples.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const draft = (more: Parameters<typeof issueDraft>[1] = {}) =>
  world.ask(world.issuer.secret, "draftIssue", { body: issueDraft(world.trustee.partyId, more) });

describe("an issue", () => {
  it("is drafted by the issuer and approved by the trustee, which asks the chain for its token", async () => {
    const { body: drafted, status } = await draft();
    expect(status).toBe(201);
    const approved = await world.ask(world.trustee.secret, "approveIssue", {
      params: { id: drafted.id },
      body: {},
    });
    expect(approved.status).toBe(202);
    expect(approved.headers.location).toBe(`/v1/operations/${approved.body.operationId}`);
    const commands = await world.owner.query("select * from command where operation_id = $1", [
      approved.body.operationId,
    ]);
    expect(commands.rows).toMatchObject([
      { call: "createIssue", target: null, ref: refOf(drafted.id), row: 0, state: "queued" },
    ]);
    expect(commands.rows[0].args).toMatchObject({
      cap: "1000",
      termsHash: drafted.termsHash,
      issuerRole: "1000",
    });
    const read = await world.ask(world.issuer.secret, "getIssue", { params: { id: drafted.id } });
    expect(read.body).toMatchObject({ state: "approved", checker: "staff:trustee", totalYen: "1000000000" });
    const again = await world.ask(world.trustee.secret, "approveIssue", {
      params: { id: drafted.id },
      body: {},
    });
    expect([again.status, again.code]).toEqual([409, "STATE_CONFLICT"]);
  });

  it("is rejected with a reason", async () => {
    const { body } = await draft();
    const params = { id: body.id };
    const rejected = await world.ask(world.trustee.secret, "rejectIssue", {
      params,
      body: { reason: "条件の不備" },
    });
    expect([rejected.status, rejected.body.state]).toEqual([200, "rejected"]);
    const brokers = await world.ask(world.broker.secret, "getIssue", { params });
    expect(brokers.code).toBe("NOT_FOUND");
  });

  it("is not decided by whoever drafted it", async () => {
    const secret = await world.keyFor(world.trustee.partyId, "staff:issuer");
    const { body } = await draft();
    const approval = await world.ask(secret, "approveIssue", { params: { id: body.id }, body: {} });
    expect([approval.status, approval.code]).toEqual([403, "MAKER_IS_CHECKER"]);
    const audit = await world.owner.query(
      "select outcome, detail from audit_row where target = $1 order by id",
      [body.id],
    );
    expect(audit.rows.map((row) => row.outcome)).toEqual(["done", "denied"]);
  });

  it("is decided once when two decide at the same time", async () => {
    const { body } = await draft();
    const params = { id: body.id };
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => world.ask(world.trustee.secret, "approveIssue", { params, body: {} })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    const operations = await world.owner.query("select 1 from operation where subject_id = $1", [body.id]);
    expect(operations.rowCount).toBe(1);
  });

  it("may be approved again after the chain has refused its token", async () => {
    const { body } = await draft();
    const params = { id: body.id };
    const first = await world.ask(world.trustee.secret, "approveIssue", { params, body: {} });
    await world.db
      .pool("genbo_indexer")
      .query("update operation set state = 'refused', rows_refused = 1 where id = $1", [
        first.body.operationId,
      ]);
    const again = await world.ask(world.trustee.secret, "approveIssue", { params, body: {} });
    expect(again.status).toBe(202);
    const third = await world.ask(world.trustee.secret, "approveIssue", { params, body: {} });
    expect(third.code).toBe("STATE_CONFLICT");
  });

  it("refuses figures that contradict each other, at their field", async () => {
    const { problem: missing } = await draft({ terms: { content: "x" } as never });
    expect(missing.code).toBe("INVALID_FIELD");
    expect(missing.errors?.map(({ pointer }) => pointer)).toContain("/terms/trustees");
    const { problem: lots } = await draft({ minUnits: "3", lot: "2" });
    expect(lots.pointer).toBe("/minUnits");
    const { problem: limits } = await draft({ policy: { maxHolders: 49 } });
    expect(limits.pointer).toBe("/policy/unitsPerPersonTracked");
    const { problem: trustee } = await draft({ trusteeId: world.issuer.partyId });
    expect(trustee.pointer).toBe("/trusteeId");
  });
});

const recordFields = { classBits: 8, flags: 0, validUntil: 4_102_444_800, country: 392, custodian: 1 };

describe("issuance", () => {
  it("asks the chain for one row a holder, and refuses the whole request for wrong rows by their number", async () => {
    const id = await world.activeIssue();
    const [one, two] = [await world.open(world.broker, "I-1"), await world.open(world.broker, "I-2")];
    const rows = [
      { to: one.account, units: "2" },
      { to: `0x${"99".repeat(20)}`, units: "2" },
      { to: two.account, units: "1" },
    ];
    const wrong = await world.ask(world.issuer.secret, "issueUnits", { params: { id }, body: { rows } });
    expect([wrong.status, wrong.code]).toEqual([422, "ROWS_INVALID"]);
    expect(wrong.problem.rows?.map(({ row, code }) => [row, code])).toEqual([
      [1, "RECEIVER_NOT_REGISTERED"],
      [2, "INVALID_FIELD"],
    ]);
    const right = [rows[0], { ...rows[2], units: "998" }];
    const issued = await world.ask(world.issuer.secret, "issueUnits", {
      params: { id },
      body: { rows: right },
    });
    expect(issued.body).toMatchObject({ state: "accepted", rows: 2, issueId: id });
    const more = await world.ask(world.issuer.secret, "issueUnits", {
      params: { id },
      body: { rows: [rows[0]] },
    });
    expect([more.status, more.code]).toEqual([422, "SUPPLY_EXCEEDED"]);
    const commands = await world.owner.query(
      "select row, call, ref, args from command where operation_id = $1 order by row",
      [issued.body.operationId],
    );
    expect(commands.rows.map(({ args }) => [args.to, args.units])).toEqual([
      [one.account, "2"],
      [two.account, "998"],
    ]);
  });

  it("tells the issuer of a trust what is wrong in its file, and nothing of a person; a company's all [CA 681]", async () => {
    const [frozen, lapsed] = [await world.open(world.broker, "I-6"), await world.open(world.broker, "I-7")];
    const { personId } = frozen;
    const record = encodeRecord({ ...recordFields, personId, flags: 4 });
    await world.ledger.record([{ wallet: frozen.account, record, particulars: zeroWord }]);
    const past = encodeRecord({ ...recordFields, personId: lapsed.personId, validUntil: 1_000_000_000 });
    await world.ledger.record([{ wallet: lapsed.account, record: past, particulars: zeroWord }]);
    const rich = await world.open(world.broker, "I-8");
    const rows = [frozen, lapsed, rich].map(({ account }) => ({ to: account, units: "12" }));
    const policy = { unitsPerPersonTracked: true, maxUnitsPerPerson: "10" };
    const codes = async (more: object) => {
      const id = await world.activeIssue({ policy, ...more } as never);
      const { problem } = await world.ask(world.issuer.secret, "issueUnits", {
        params: { id },
        body: { rows },
      });
      return problem.rows?.map(({ row, failing }) => [row, ...(failing ?? []).map(({ code }) => code)]);
    };
    expect(await codes({})).toEqual([
      [0, "RECEIVING_SIDE"],
      [1, "RECEIVING_SIDE"],
    ]);
    expect(await codes({ lot: "5", minUnits: "5" })).toEqual([
      [0, "LOT_SIZE", "RECEIVING_SIDE"],
      [1, "LOT_SIZE", "RECEIVING_SIDE"],
      [2, "LOT_SIZE"],
    ]);
    expect(await codes({ profile: "BOND", terms: bondTerms })).toEqual([
      [0, "MAX_UNITS_PER_PERSON", "RECEIVER_FROZEN"],
      [1, "MAX_UNITS_PER_PERSON", "RECEIVER_CHECK_LAPSED"],
      [2, "MAX_UNITS_PER_PERSON"],
    ]);
  });

  it("waits for the end of a consolidation or split", async () => {
    const id = await world.activeIssue();
    const { account: to } = await world.open(world.broker, "I-9");
    await world.ledger.enter(id, "POLICY", { basis: 0, data: encodePolicy({ ratioInProgress: true }) });
    const body = { rows: [{ to, units: "2" }] };
    const { problem } = await world.ask(world.issuer.secret, "issueUnits", { params: { id }, body });
    expect(problem.rows?.map(({ code }) => code)).toEqual(["RATIO_IN_PROGRESS"]);
  });

  it("names no day of acquisition that nobody can mean, unless it opens a register that goes on [TA 186(iv)]", async () => {
    const id = await world.activeIssue();
    const { account: to } = await world.open(world.broker, "I-3");
    const issued = (acquiredOn: string, opening?: boolean) =>
      world.ask(world.issuer.secret, "issueUnits", {
        params: { id },
        body: { rows: [{ to, units: "2", acquiredOn }], ...(opening !== undefined && { opening }) },
      });
    for (const day of ["1970-01-02", "2020-07-31", "2021-08-03"])
      expect((await issued(day)).problem.rows?.map(({ pointer }) => pointer)).toEqual(["/rows/0/acquiredOn"]);
    expect((await issued("2020-08-01")).status).toBe(202);
    expect((await issued("2019-03-01", true)).status).toBe(202);
    expect((await issued("2021-08-03", true)).code).toBe("ROWS_INVALID");
  });

  it("is made by the issuer and checked by who approved the issue for its trustee, another person [TA 186]", async () => {
    const id = await world.activeIssue();
    const { account } = await world.open(world.broker, "I-4");
    const body = { rows: [{ to: account, units: "2" }] };
    const issue = (secret: string) => world.ask(secret, "issueUnits", { params: { id }, body });
    const { operationId } = (await issue(world.issuer.secret)).body;
    const { rows } = await world.owner.query("select maker, checker from operation where id = $1", [
      operationId,
    ]);
    expect(rows).toEqual([{ maker: "staff:issuer", checker: "staff:trustee" }]);
    const same = await world.keyFor(world.issuer.partyId, "staff:trustee");
    expect((await issue(same)).code).toBe("MAKER_IS_CHECKER");
  });

  it("never passes the approved total, however many ask at once", async () => {
    const id = await world.activeIssue({ totalUnits: "10" });
    const holder = await world.open(world.broker, "I-3");
    const body = { rows: [{ to: holder.account, units: "4" }] };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => world.ask(world.issuer.secret, "issueUnits", { params: { id }, body })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
    expect(answers.filter(({ code }) => code === "SUPPLY_EXCEEDED")).toHaveLength(4);
  });

  it("counts what was approved, issued and redeemed in the units since a split and a consolidation [TA 197(2)] [TA 197(3)]", async () => {
    const id = await world.activeIssue({ totalUnits: "10" });
    const { account } = await world.open(world.broker, "I-5");
    const ask = async (units: number) => {
      const body = { rows: [{ to: account, units: String(units) }] };
      return (await world.ask(world.issuer.secret, "issueUnits", { params: { id }, body })).code;
    };
    const read = async () =>
      (await world.ask(world.issuer.secret, "getIssue", { params: { id }, query: {} })).body;
    const { totalYen } = await read();
    const whole = (units: bigint, n: bigint, d: bigint) => {
      const fields = { basis: n > d ? 10 : 9, units, ref: `0x${"7".repeat(64)}` };
      const data = `0x${[0n, n, 0n, d].map((field) => field.toString(16).padStart(16, "0")).join("")}`;
      return world.ledger.enter(id, "RATIO", { ...fields, data });
    };
    await world.ledger.issue(id, account, 8n);
    await world.ledger.enter(id, "REDEEM", { basis: 15, from: account, units: 2n });
    await whole(6n, 3n, 1n);
    // A split's room is there before its accounts are carried, a consolidation's goes when the last one was.
    expect((await read()).totalUnits).toBe("30");
    await world.ledger.ratio(id, account, 3n, 1n);
    await whole(18n, 3n, 1n);
    expect(await ask(7)).toBe("SUPPLY_EXCEEDED");
    await whole(18n, 1n, 2n);
    expect((await read()).totalUnits).toBe("30");
    await world.ledger.ratio(id, account, 1n, 2n);
    await whole(9n, 1n, 2n);
    expect(await read()).toMatchObject({ totalUnits: "15", totalYen });
    expect(await ask(4)).toBe("SUPPLY_EXCEEDED");
    expect(await ask(3)).toBeUndefined();
    expect(await ask(2)).toBe("SUPPLY_EXCEEDED");
  });
});
