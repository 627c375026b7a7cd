import { roles as chainRoles } from "@genbo/chain/deployment";
import { dayOf } from "@genbo/domain/jst";
import { decodeMove } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import {
  attachmentOf,
  type CaseDesk,
  codesOf,
  type NewCase,
  openCaseDesk,
  paper,
} from "./support/case-desk.ts";
import { pledgeOf } from "./support/successes-legal.ts";
import { type Traded, traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let desk: CaseDesk;
beforeAll(async () => {
  world = await createWorld();
  desk = await openCaseDesk(world);
});

const audited = async (target: string) =>
  (
    await world.owner.query("select action, outcome, detail from audit_row where target = $1 order by id", [
      target,
    ])
  ).rows;

const successionOf = (trade: Traded, heirs: string[], documents: NewCase["documents"]): NewCase => ({
  kind: "SUCCESSION",
  facts: {
    account: trade.seller.account,
    diedOn: "2021-08-01",
    heirs: heirs.map((units) => ({ account: trade.buyer.account, units })),
  },
  documents,
});
const family = [paper("FAMILY_REGISTER"), paper("DIVISION_AGREEMENT")];

describe("a case", () => {
  it("is filed by one and approved by another, who asks the chain for it in the same step [TA 201]", async () => {
    const trade = await traded(world);
    const filed = await desk.file(trade.issueId, pledgeOf(trade) as NewCase, world.broker.secret);
    expect(filed.body).toMatchObject({
      state: "open",
      basis: "PLEDGE_SET",
      basisArticle: "TA 201(1)",
      checker: null,
    });
    const approved = await desk.approve(filed.body.id);
    expect(approved.body).toMatchObject({ caseId: filed.body.id, rows: 1 });
    const [command] = await desk.commandsOf(approved.body.operationId);
    const signers = await world.owner.query("select id, signer from party where signer is not null");
    const signerOf = (id: string) => signers.rows.find((row) => row.id === id).signer;
    expect(command).toMatchObject({
      call: "createHolds",
      ref: filed.body.ref,
      signer: signerOf(world.trustee.partyId),
      args: { rows: [{ units: "2", to: trade.buyer.account, controller: signerOf(world.other.partyId) }] },
    });
    const read = await world.ask(world.broker.secret, "getCase", { params: { id: filed.body.id } });
    expect(read.body).toMatchObject({
      state: "approved",
      checker: "staff:trustee",
      operationIds: [approved.body.operationId],
    });
  });

  it("is not decided by whoever filed it, and is closed once", async () => {
    const trade = await traded(world);
    const { body } = await desk.file(trade.issueId, attachmentOf(trade, "3"));
    const own = await desk.approve(body.id, desk.filer);
    expect([own.status, own.code]).toEqual([403, "MAKER_IS_CHECKER"]);
    const answers = await Promise.all([1, 2, 3].map(() => desk.approve(body.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    const refused = await world.ask(world.trustee.secret, "refuseCase", {
      params: { id: body.id },
      body: { reason: "遅い" },
    });
    expect([refused.status, refused.code]).toEqual([409, "STATE_CONFLICT"]);
    const withdrawn = await world.ask(desk.filer, "withdrawCase", { params: { id: body.id }, body: {} });
    expect(withdrawn.code).toBe("STATE_CONFLICT");
    expect((await audited(body.id)).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "fileCase done",
      "approveCase denied",
      "approveCase done",
    ]);
  });

  it("is refused with a reason, or withdrawn by the party that filed it and by no other", async () => {
    const trade = await traded(world);
    const params = {
      id: (await desk.file(trade.issueId, pledgeOf(trade) as NewCase, world.broker.secret)).body.id,
    };
    const foreign = await world.ask(world.trustee.secret, "withdrawCase", { params, body: {} });
    expect([foreign.status, foreign.code]).toEqual([403, "FORBIDDEN"]);
    expect((await world.ask(world.broker.secret, "withdrawCase", { params, body: {} })).body.state).toBe(
      "withdrawn",
    );
    const second = { id: (await desk.file(trade.issueId, attachmentOf(trade, "3"))).body.id };
    await world.ask(world.trustee.secret, "refuseCase", { params: second, body: { reason: "送達の不備" } });
    const read = await world.ask(world.auditor.secret, "getCase", { params: second });
    expect(read.body).toMatchObject({ state: "refused", reason: "送達の不備", checker: "staff:trustee" });
  });

  it("stands with its deadline: two weeks for the third-party debtor's statement [CEA 147]", async () => {
    const trade = await traded(world);
    const { body } = await desk.file(trade.issueId, attachmentOf(trade, "3"));
    expect(body.deadlines).toEqual([
      { name: "THIRD_PARTY_STATEMENT", article: "CEA 147", due: "2021-08-16" },
    ]);
  });
});

it("a succession dates the heirs' units as their issue was agreed, and no case says otherwise [TA 186(iv)]", async () => {
  const issueId = await world.activeIssue({ successionKeepsDates: false });
  const [deceased, heir] = [
    await world.open(world.broker, unused()),
    await world.open(world.other, unused()),
  ];
  await world.ledger.issue(issueId, deceased.account, 7n, "2021-07-01");
  const filing = successionOf({ issueId, seller: deceased, buyer: heir }, ["7"], family);
  const long = structuredClone(filing);
  Object.assign(long.facts, { diedOn: "1970-01-02" });
  const refused = await desk.file(issueId, long);
  expect([codesOf(refused), refused.problem.pointer]).toEqual([["BEFORE_ISSUE"], "/facts/diedOn"]);
  const saying = structuredClone(filing);
  Object.assign(saying.facts, { keepDates: true });
  expect((await desk.file(issueId, saying)).problem.pointer).toBe("/facts/keepDates");
  const { body } = await desk.file(issueId, filing);
  const commands = await desk.commandsOf((await desk.approve(body.id)).body.operationId);
  const [move] = commands.at(-1).args.rows;
  const { keepDates, acquiredOn } = decodeMove(move.data);
  expect([keepDates, acquiredOn]).toEqual([false, dayOf("2021-08-01")]);
});

describe("who sees what", () => {
  it("another broker's case is as unknown as none, and its customer as nobody", async () => {
    const trade = await traded(world);
    const third = await world.admit("broker", "staff:broker-c");
    const { body } = await desk.file(trade.issueId, attachmentOf(trade, "3"));
    const seen = await world.ask(world.broker.secret, "getCase", { params: { id: body.id } });
    expect(seen.status).toBe(200);
    const hidden = await world.ask(third.secret, "getCase", { params: { id: body.id } });
    const nothing = await world.ask(third.secret, "getCase", {
      params: { id: body.id.replace(/....$/, "0000") },
    });
    expect([hidden.status, hidden.problem.detail]).toEqual([404, nothing.problem.detail]);
    const list = await world.ask(third.secret, "listCases", { params: { id: trade.issueId }, query: {} });
    expect(list.body.items).toEqual([]);
    const others = await desk.file(trade.issueId, pledgeOf(trade) as NewCase, third.secret);
    const nobodys = pledgeOf({
      ...trade,
      seller: { ...trade.seller, account: `0x${"77".repeat(20)}` },
    }) as NewCase;
    const unknown = await desk.file(trade.issueId, nobodys, third.secret);
    expect([codesOf(others), codesOf(unknown)]).toEqual([["NOT_CUSTODIAN"], ["NOT_CUSTODIAN"]]);
    expect((await audited(trade.issueId)).at(-1)).toMatchObject({ action: "fileCase", outcome: "refused" });
  });

  it("of a succession the broker of one heir sees its own customer's part, not the other heirs'", async () => {
    const issueId = await world.activeIssue();
    const third = await world.admit("broker", "staff:broker-c");
    const deceased = await world.open(world.broker, unused());
    const [first, second] = [await world.open(world.other, unused()), await world.open(third, unused())];
    await world.ledger.issue(issueId, deceased.account, 7n);
    const heirs = [
      { account: first.account, units: "4" },
      { account: second.account, units: "3" },
    ];
    const about = ({ account }: typeof first) => ({ ...paper("FAMILY_REGISTER"), account });
    const documents = [about(first), about(second), paper("DIVISION_AGREEMENT")];
    const facts = { account: deceased.account, diedOn: "2021-08-01", heirs };
    const { body } = await desk.file(issueId, { kind: "SUCCESSION", facts, documents });
    const seenBy = async ({ secret }: { secret: string }) => {
      const one = await world.ask(secret, "getCase", { params: { id: body.id } });
      const all = await world.ask(secret, "listCases", { params: { id: issueId }, query: {} });
      const parts = [one.body, all.body.items[0]!].map((each) => [each.facts.heirs, each.documents]);
      expect(parts[1], "the list says no more than the case").toEqual(parts[0]);
      return parts[0];
    };
    expect(await seenBy(world.other)).toEqual([[heirs[0]], [documents[0], documents[2]]]);
    expect(await seenBy(third)).toEqual([[heirs[1]], [documents[1], documents[2]]]);
    // The units leave its customer: the entries say where to.
    for (const whole of [world.broker, world.trustee])
      expect(await seenBy(whole)).toEqual([heirs, documents]);
  });

  it("a broker files no attachment, and learns nothing of a freeze on suspicion", async () => {
    const trade = await traded(world);
    const attachment = await desk.file(trade.issueId, attachmentOf(trade, "3"), world.broker.secret);
    expect([attachment.status, attachment.code]).toEqual([403, "FORBIDDEN"]);
    const freeze = (flag: "SANCTIONED" | "DECEASED") =>
      desk.file(trade.issueId, {
        kind: "FREEZE",
        facts: { account: trade.seller.account, flag },
        documents: [paper("DECISION")],
      });
    const [secret, open] = [(await freeze("SANCTIONED")).body, (await freeze("DECEASED")).body];
    const statusFor = async (id: string, by: string) =>
      (await world.ask(by, "getCase", { params: { id } })).status;
    const broker = world.broker.secret;
    expect([await statusFor(secret.id, broker), await statusFor(open.id, broker)]).toEqual([404, 200]);
    expect(await statusFor(secret.id, world.auditor.secret)).toBe(200);
    // Every later record of the person carries the mark; on suspicion, the broker learns that it is frozen and no more.
    await desk.approve(open.id);
    const { rows } = await world.owner.query("select flags from investor where person_id = $1", [
      trade.seller.personId,
    ]);
    expect(rows).toEqual([{ flags: 2 }]);
    await desk.approve(secret.id);
    const flagsFor = async (secret: string) => {
      const { body } = await world.ask(secret, "listInvestors", {
        query: { personId: trade.seller.personId },
      });
      return body.items[0]!.flags;
    };
    expect(await flagsFor(world.broker.secret)).not.toContain("SANCTIONED");
    expect(await flagsFor(world.broker.secret)).toContain("FROZEN");
    expect(await flagsFor(world.compliance.secret)).toContain("SANCTIONED");
  });
});

describe("what the law or the register forbids is refused, named, and written down", () => {
  const refused = async (body: (trade: Traded) => NewCase, pointer: string) => {
    const trade = await traded(world);
    const answer = await desk.file(trade.issueId, body(trade));
    expect([answer.status, answer.code, answer.problem.pointer]).toEqual([422, "CASE_REFUSED", pointer]);
    const [last] = (await audited(trade.issueId)).slice(-1);
    expect(last).toMatchObject({
      action: "fileCase",
      outcome: "refused",
      detail: { failing: codesOf(answer) },
    });
    const cases = await world.owner.query("select 1 from legal_case where issue_id = $1", [trade.issueId]);
    expect(cases.rowCount).toBe(0);
    return codesOf(answer);
  };

  it("a heir without documents", async () => {
    expect(
      await refused((trade) => successionOf(trade, ["100"], [paper("FAMILY_REGISTER")]), "/documents"),
    ).toEqual(["DOCUMENT_MISSING"]);
  });

  it("an heir whom no document is about, at its place", async () => {
    const trade = await traded(world);
    const second = await world.open(world.other, unused());
    const heirs = [trade.buyer.account, second.account].map((account) => ({ account, units: "50" }));
    const ofFirst = { ...paper("FAMILY_REGISTER"), account: trade.buyer.account };
    const facts = { account: trade.seller.account, diedOn: "2021-08-01", heirs };
    const documents = [ofFirst, paper("DIVISION_AGREEMENT")];
    const answer = await desk.file(trade.issueId, { kind: "SUCCESSION", facts, documents });
    expect([answer.code, codesOf(answer), answer.problem.pointer]).toEqual([
      "CASE_REFUSED",
      ["HEIR_WITHOUT_DOCUMENTS"],
      "/facts/heirs/1",
    ]);
    const both = [...documents, { ...ofFirst, account: second.account }];
    expect((await desk.file(trade.issueId, { kind: "SUCCESSION", facts, documents: both })).status).toBe(201);
  });

  it("shares that do not add up, and an heir named twice", async () => {
    expect(await refused((trade) => successionOf(trade, ["60", "30"], family), "/facts/heirs")).toEqual([
      "SHARES_DO_NOT_ADD_UP",
      "HEIR_TWICE",
    ]);
  });

  it("an attachment where there is nothing", async () => {
    const empty = (trade: Traded) => attachmentOf({ ...trade, seller: trade.buyer }, "3");
    expect(await refused(empty, "/facts/units")).toEqual(["INSUFFICIENT_UNITS"]);
  });

  it("a release of a hold that is none", async () => {
    const body: NewCase = {
      kind: "PLEDGE_RELEASE",
      facts: { holdId: `0x${"12".repeat(32)}` },
      documents: [paper("PLEDGEE_CONSENT")],
    };
    expect(await refused(() => body, "/facts/holdId")).toEqual(["HOLD_UNKNOWN"]);
  });

  it("a lost wallet's units for another person", async () => {
    const body = ({ seller, buyer }: Traded): NewCase => ({
      kind: "RECOVERY",
      facts: { lost: seller.account, replacement: buyer.account },
      documents: [paper("LOSS_REPORT")],
    });
    expect(await refused(body, "/facts/replacement")).toEqual(["NOT_SAME_PERSON"]);
  });

  it("facts of another kind, at their field", async () => {
    const trade = await traded(world);
    const body = { ...attachmentOf(trade, "3"), kind: "PLEDGE" } as never;
    const answer = await desk.file(trade.issueId, body);
    expect([answer.status, answer.code]).toEqual([422, "INVALID_FIELD"]);
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toContain("/facts/pledgee");
  });
});

it("what changed between filing and approval is seen", async () => {
  const trade = await traded(world);
  const { body } = await desk.file(trade.issueId, successionOf(trade, ["100"], family));
  await world.ledger.issue(trade.issueId, trade.seller.account, 5n);
  const answer = await desk.approve(body.id);
  expect([answer.code, codesOf(answer)]).toEqual(["CASE_REFUSED", ["SHARES_DO_NOT_ADD_UP"]]);
});

it("a trustee is admitted as registrar and enforcer", async () => {
  const { body } = await world.ask(world.operator, "createParty", {
    body: { kind: "trustee", name: unused() },
  });
  const granted = (await desk.commandsOf(body.operationId!)).map(({ args }) => args.role);
  expect(granted).toEqual([String(chainRoles.registrar), String(chainRoles.enforcer)]);
});

it("holds are listed as of any instant, with the pledgee for the pledgee's broker too", async () => {
  const trade = await traded(world);
  const ref = `0x${"5e".repeat(32)}`;
  await world.ledger.hold(trade.issueId, {
    ref,
    from: trade.seller.account,
    to: trade.buyer.account,
    units: 7n,
  });
  const list = async (secret: string, query = {}) =>
    (await world.ask(secret, "listHolds", { params: { id: trade.issueId }, query })).body.items;
  const row = {
    id: ref,
    kind: "REQUEST",
    units: "7",
    waiting: "0",
    personId: trade.seller.personId,
    caseId: null,
  };
  expect(await list(world.trustee.secret)).toMatchObject([row]);
  expect(await list(world.other.secret)).toMatchObject([{ targetPersonId: trade.buyer.personId }]);
  expect(await list(world.trustee.secret, { asOf: "entry:3" })).toEqual([]);
  const third = await world.admit("broker", unused());
  expect(await list(third.secret)).toEqual([]);
});
