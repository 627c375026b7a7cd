import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { customer, group } from "./support/samples.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type Holder, type World } from "./support/world.ts";

type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;
type FactsOf<Kind extends NewCase["kind"]> = Extract<NewCase, { kind: Kind }>["facts"];

let world: World;
let issueId: string;
beforeAll(async () => {
  world = await createWorld();
  issueId = await world.activeIssue();
});

const paper = (kind: NewCase["documents"][number]["kind"]) => ({
  kind,
  name: "書類.pdf",
  sha256: "a".repeat(64),
});
const file = (body: NewCase, secret = world.broker.secret) =>
  world.ask(secret, "fileCase", { params: { id: issueId }, body });
const codesOf = (answer: { problem: { failing?: readonly { code: string }[] | undefined } }) =>
  answer.problem.failing?.map(({ code }) => code);

async function holder(more?: Parameters<World["open"]>[2]): Promise<Holder> {
  const opened = await world.open(world.broker, unused(), more);
  await world.ledger.issue(issueId, opened.account, 10n);
  return opened;
}

/** Approves a case and enters what it asks the chain for. */
async function enter(id: string): Promise<void> {
  const { body } = await world.ask(world.trustee.secret, "approveCase", { params: { id }, body: {} });
  const { rows } = await world.owner.query(
    "select call, args from command where operation_id = $1 order by row",
    [body.operationId],
  );
  expect(rows.map(({ call }) => call)).toEqual(rows.map(() => "setRecords"));
  await world.ledger.record(rows.map(({ args }) => args));
}

async function printed(
  account: string,
  asOf?: string,
): Promise<WireAnswer<"printRegister">["holders"][number]> {
  const query = { purpose: "点検", ...(asOf !== undefined && { asOf }) };
  const { body } = await world.ask(world.trustee.secret, "printRegister", { params: { id: issueId }, query });
  return body.holders.find((each) => each.account === account)!;
}

const mother = {
  role: "PARENT" as const,
  name: "見本 花子",
  address: "東京都渋谷区神南1-1-1",
  from: "2021-08-01",
  receivesNotices: true,
};
const representation = (
  account: string,
  representatives: FactsOf<"REPRESENTATION">["representatives"],
  ...kinds: NewCase["documents"][number]["kind"][]
): NewCase => ({
  kind: "REPRESENTATION",
  facts: { account, effectiveOn: "2021-08-01", representatives },
  documents: kinds.map(paper),
});
const child = () => {
  const { particulars, ...rest } = customer("child");
  return { ...rest, particulars: { ...particulars, bornOn: "2010-04-01" } };
};

describe("who acts for a person", () => {
  it("is entered by two persons, printed with its validity, and receives the notices [TA 191(1)] [CA 685(1)]", async () => {
    const { account } = await holder({ particulars: child().particulars });
    const { rows } = await world.owner.query("select block_number as block from chain_cursor");
    const block = Number(rows[0].block);
    const before = await printed(account);
    expect(before).toMatchObject({ minor: true, representatives: [] });
    const filed = await file(representation(account, [mother], "FAMILY_REGISTER"));
    expect(filed.body).toMatchObject({ kind: "REPRESENTATION", basis: "PARTICULARS_CHANGE", state: "open" });
    await enter(filed.body.id);
    expect(await printed(account)).toMatchObject({
      representatives: [{ role: "PARENT", name: mother.name, until: null }],
      notices: { name: mother.name, address: mother.address },
    });
    // What was printed before still is.
    expect(await printed(account, `block:${block}`)).toEqual(before);
  });

  it("has its name sealed: in no table in clear, in no list, and open to the second person only with a trace", async () => {
    const { account } = await holder({ particulars: child().particulars });
    const { body } = await file(representation(account, [mother], "FAMILY_REGISTER"));
    expect(JSON.stringify(body)).not.toContain(mother.name);
    const { rows } = await world.owner.query("select c::text as text from legal_case c where id = $1", [
      body.id,
    ]);
    expect(rows[0].text).not.toContain(mother.name);
    const list = await world.ask(world.trustee.secret, "listCases", { params: { id: issueId }, query: {} });
    expect(JSON.stringify(list.body)).not.toContain(mother.name);
    const seen = await world.ask(world.trustee.secret, "getCase", { params: { id: body.id } });
    expect(seen.body.facts).toMatchObject({ representatives: [mother] });
    const audited = await world.ask(world.auditor.secret, "getCase", { params: { id: body.id } });
    expect(audited.body.facts).toEqual({ account, effectiveOn: "2021-08-01" });
    const reads = await world.owner.query(
      "select actor from audit_row where target = $1 and outcome = 'read'",
      [body.id],
    );
    expect(reads.rows).toEqual([{ actor: "staff:trustee" }]);
  });

  it("is entered, and read with its names, as long as who filed it keeps the account", async () => {
    const { account } = await holder({ particulars: child().particulars });
    const { body } = await file(representation(account, [mother], "FAMILY_REGISTER"));
    const read = async () =>
      (await world.ask(world.broker.secret, "getCase", { params: { id: body.id } })).body.facts;
    expect(await read()).toMatchObject({ representatives: [mother] });
    await world.owner.query("update account set custodian_id = 2 where address = $1", [account]);
    expect(await read()).toEqual({ account, effectiveOn: "2021-08-01" });
    const approved = await world.ask(world.trustee.secret, "approveCase", {
      params: { id: body.id },
      body: {},
    });
    expect(codesOf(approved)).toEqual(["NOT_CUSTODIAN"]);
  });

  it("ends with its day, or when everybody is told that it has ended", async () => {
    const { account } = await holder({ particulars: child().particulars });
    const ending = { ...mother, until: "2021-08-01" };
    await enter((await file(representation(account, [ending], "FAMILY_REGISTER"))).body.id);
    // Today is 2021-08-02.
    expect((await printed(account)).representatives).toEqual([]);
    await enter((await file(representation(account, [mother], "FAMILY_REGISTER"))).body.id);
    expect((await printed(account)).representatives).toHaveLength(1);
    await enter((await file(representation(account, [], "REPRESENTATION_END"))).body.id);
    const after = await printed(account);
    expect(after).toMatchObject({ representatives: [], notices: { address: { city: "渋谷区" } } });
  });

  it("is a guardian of an adult, or a standing proxy of a non-resident, each with its paper", async () => {
    const guardian = { ...mother, role: "ADULT_GUARDIAN" as const, receivesNotices: false };
    const proxy = { ...mother, role: "STANDING_PROXY" as const, name: "見本銀行株式会社" };
    const { account } = await holder();
    expect(codesOf(await file(representation(account, [guardian], "FAMILY_REGISTER")))).toEqual([
      "DOCUMENT_MISSING",
    ]);
    const both = await file(
      representation(account, [guardian, proxy], "GUARDIANSHIP_CERTIFICATE", "PROXY_APPOINTMENT"),
    );
    await enter(both.body.id);
    expect(await printed(account)).toMatchObject({
      representatives: [{ role: "ADULT_GUARDIAN" }, { role: "STANDING_PROXY" }],
      notices: { name: proxy.name },
    });
  });

  it("loses no change that its broker makes of the person at the same time", async () => {
    const { account, investorId } = await holder();
    const proxy = { ...mother, role: "STANDING_PROXY" as const };
    const { body: filed } = await file(representation(account, [proxy], "PROXY_APPOINTMENT"));
    const change = { effectiveOn: "2021-08-02", evidenceRef: "REQ-1", classes: ["PROFESSIONAL" as const] };
    const question = { params: { id: investorId }, body: change };
    await Promise.all([enter(filed.id), world.ask(world.broker.secret, "changeParticulars", question)]);
    const { body: second } = await file(
      representation(account, [proxy, { ...proxy, receivesNotices: false }], "PROXY_APPOINTMENT"),
    );
    await enter(second.id);
    const { rows } = await world.owner.query("select class_bits from account where address = $1", [account]);
    expect(rows).toEqual([{ class_bits: 2 }]);
    expect((await printed(account)).representatives).toHaveLength(2);
  });

  it("is refused at registration for a day that is none, as for a role that does not fit", async () => {
    const { particulars, ...rest } = customer("minor");
    const register = (from: string, bornOn = "2015-01-01") =>
      world.ask(world.broker.secret, "registerInvestor", {
        body: {
          ...rest,
          particulars: { ...particulars, bornOn, representatives: [{ ...mother, from }] },
        },
      });
    for (const day of ["0001-01-01", "1969-12-31", "2149-06-07", "9999-12-31", "2021-02-29"]) {
      const { code, problem } = await register(day);
      expect([code, problem.pointer]).toEqual(["INVALID_FIELD", "/particulars/representatives/0/from"]);
    }
    expect((await register("2021-08-01", "1980-01-01")).problem.pointer).toBe("/particulars/representatives");
    expect((await register("2021-08-01")).status).toBe(201);
  });

  it("is refused where it fits nobody, with the field", async () => {
    const { account } = await holder();
    const wrong = async (representatives: FactsOf<"REPRESENTATION">["representatives"]) => {
      const answer = await file(
        representation(account, representatives, "FAMILY_REGISTER", "PROXY_APPOINTMENT"),
      );
      return [answer.code, codesOf(answer)];
    };
    expect(await wrong([mother])).toEqual(["CASE_REFUSED", ["ROLE_DOES_NOT_FIT"]]);
    const proxy = { ...mother, role: "STANDING_PROXY" as const };
    expect(await wrong([proxy, proxy])).toEqual(["CASE_REFUSED", ["ONE_RECEIVES_NOTICES"]]);
    expect(await wrong([{ ...proxy, until: "2021-07-01" }])).toEqual(["CASE_REFUSED", ["VALIDITY_PAST"]]);
    const stranger = representation(`0x${"77".repeat(20)}`, [proxy], "PROXY_APPOINTMENT");
    expect(codesOf(await file(stranger))).toEqual(["NOT_CUSTODIAN"]);
    expect(
      codesOf(await file(representation(account, [proxy], "PROXY_APPOINTMENT"), world.other.secret)),
    ).toEqual(["NOT_CUSTODIAN"]);
  });
});

describe("co-owners", () => {
  const naming = (account: string, more: Partial<FactsOf<"CO_OWNERSHIP">>): NewCase => {
    const { members, representative, noticeReceiver } = group("").particulars.coOwners;
    const facts = { account, effectiveOn: "2021-08-02", members, representative, noticeReceiver, ...more };
    return { kind: "CO_OWNERSHIP", facts, documents: [paper("CO_OWNERS_NOTICE")] };
  };

  it("are one holder with members and shares, whose rights rest until they name one [TA 193] [CA 686]", async () => {
    const { account } = await holder(group(unused()));
    const first = group("").particulars.coOwners.members[0]!;
    expect(await printed(account)).toMatchObject({
      kind: "co-owners",
      rightsRest: true,
      coOwners: {
        representative: null,
        members: [{ share: { parts: 2, of: 3 } }, { share: { parts: 1, of: 3 } }],
      },
      notices: { name: first.name }, // any one of them (TA 191(4))
    });
    const { body } = await file(naming(account, { representative: 1 }));
    await enter(body.id);
    const after = await printed(account);
    expect([after.rightsRest, after.coOwners?.representative]).toEqual([false, 1]);
    await enter((await file(naming(account, { representative: 0 }))).body.id);
    expect((await printed(account)).coOwners?.representative).toBe(0);
  });

  it("ask for nothing before they have named one, and the broker of another learns nothing of it [TA 193] [CA 686]", async () => {
    const { account } = await holder(group(unused()));
    const buyer = await world.open(world.other, unused());
    const order = { issueId, from: account, to: buyer.account, units: "2" };
    const dates = { tradeDate: "2021-08-02", settlementDate: "2021-08-04" };
    const checked = async (secret = world.broker.secret) =>
      (await world.ask(secret, "precheckTransfer", { body: order })).body.failing.map(({ code }) => code);
    const ask = () => world.ask(world.broker.secret, "requestTransfer", { body: { ...order, ...dates } });
    const pledge: NewCase = {
      kind: "PLEDGE",
      facts: { account, units: "2", pledgee: buyer.account },
      documents: [paper("PLEDGE_AGREEMENT")],
    };
    expect(await checked()).toEqual(["CO_OWNERS_UNREPRESENTED"]);
    expect(await checked(world.other.secret)).toEqual(["NOT_CUSTODIAN"]);
    const refused = await ask();
    expect([refused.code, codesOf(refused)]).toEqual(["TRANSFER_REFUSED", ["CO_OWNERS_UNREPRESENTED"]]);
    const filed = await file(pledge);
    expect([codesOf(filed), filed.problem.pointer]).toEqual([["CO_OWNERS_UNREPRESENTED"], "/facts/account"]);
    // The trustee may agree that they exercise them all the same.
    expect((await file(pledge, world.trustee.secret)).status).toBe(201);

    await enter((await file(naming(account, { representative: 1 }))).body.id);
    expect(await checked()).toEqual([]);
    expect((await ask()).status).toBe(202);
    await enter((await file(naming(account, { representative: null }))).body.id);
    expect(await checked(), "their representative has gone").toEqual(["CO_OWNERS_UNREPRESENTED"]);
  });

  it("have no certificate and no inspection before they have named one, unless the trustee agrees [TA 193] [TA 187] [TA 190(2)] [CA 686]", async () => {
    const { account, personId } = await holder(group(unused()));
    const certify = (body: object = {}, secret = world.broker.secret) =>
      world.ask(secret, "issueCertificate", { params: { id: issueId }, body: { account, ...body } });
    const refused = await certify();
    expect([refused.code, refused.problem.pointer, codesOf(refused)]).toEqual([
      "RIGHTS_REST",
      "/account",
      ["CO_OWNERS_UNREPRESENTED"],
    ]);
    expect((await certify({ trusteeAgrees: true })).code, "the broker is not the trustee").toBe(
      "RIGHTS_REST",
    );
    expect((await certify({}, world.trustee.secret)).code, "it does not agree by saying nothing").toBe(
      "RIGHTS_REST",
    );
    const agreed = await certify({ trusteeAgrees: true }, world.trustee.secret);
    expect(agreed.status).toBe(201);
    const counter = await world.keyFor(world.trustee.partyId, unused());
    const take = async (capacity: string) => {
      const requester = { personId, name: "共有 一郎", address: "東京都" };
      const body = { requester, capacity, reason: "権利の確保" } as never;
      return (await world.ask(counter, "requestInspection", { params: { id: issueId }, body })).body.id;
    };
    const grant = (id: string, body = {}) =>
      world.ask(world.trustee.secret, "grantInspection", { params: { id }, body });
    const asHolder = await take("BENEFICIARY");
    const rests = await grant(asHolder);
    expect([rests.code, rests.problem.pointer]).toEqual(["RIGHTS_REST", "/trusteeAgrees"]);
    expect((await world.ask(counter, "getInspection", { params: { id: asHolder } })).body.state).toBe("open");
    expect((await grant(await take("INTERESTED_PERSON"))).status).toBe(200);
    expect((await grant(await take("BENEFICIARY"), { trusteeAgrees: true })).status).toBe(200);

    await enter((await file(naming(account, { representative: 1 }))).body.id);
    expect((await certify()).status).toBe(201);
    expect((await grant(asHolder)).status).toBe(200);
    const { rows } = await world.owner.query(
      `select action, outcome, detail ->> 'trusteeAgrees' as agreed from audit_row
       where target = any($1) and action in ('issueCertificate', 'grantInspection') order by id`,
      [[issueId, agreed.body.number, asHolder]],
    );
    expect(rows.filter(({ outcome }) => outcome === "refused")).toHaveLength(4);
    expect(rows.filter(({ agreed: said }) => said === "true")).toHaveLength(1);
  });

  it("who are pledgees have a certificate of their pledge: that right is not one on units [TA 202]", async () => {
    const pledgees = await world.open(world.broker, unused(), group(unused()));
    const pledgor = await holder();
    await world.ledger.hold(issueId, {
      ...{ ref: `0x${"d3".repeat(32)}`, from: pledgor.account, to: pledgees.account },
      ...{ units: 3n, kind: "PLEDGE" },
    });
    const body = { account: pledgees.account, side: "PLEDGEE" as const };
    const answer = await world.ask(world.broker.secret, "issueCertificate", {
      params: { id: issueId },
      body,
    });
    expect(answer.status).toBe(201);
  });

  it("name one who receives notices [TA 191(3)] [CA 685(3)]", async () => {
    const { account } = await holder(group(unused()));
    const second = group("").particulars.coOwners.members[1]!;
    await enter((await file(naming(account, { representative: 0, noticeReceiver: 1 }))).body.id);
    expect((await printed(account)).notices).toEqual({ name: second.name, address: second.address });
  });

  it("are refused with shares that do not add up, one who is none of them, or as a single person's", async () => {
    const { account } = await holder(group(unused()));
    const [one, two] = group("").particulars.coOwners.members;
    const short = [one!, { ...two!, share: { parts: 1, of: 4 } }];
    expect(codesOf(await file(naming(account, { members: short })))).toEqual(["SHARES_DO_NOT_ADD_UP"]);
    expect(codesOf(await file(naming(account, { representative: 2 })))).toEqual(["NOT_A_CO_OWNER"]);
    const single = await holder();
    expect(codesOf(await file(naming(single.account, {})))).toEqual(["NOT_A_GROUP"]);
    const { particulars, ...rest } = group(unused());
    const body = {
      ...rest,
      particulars: { ...particulars, coOwners: { ...particulars.coOwners, members: short } },
    };
    const registered = await world.ask(world.broker.secret, "registerInvestor", { body });
    expect([registered.status, registered.problem.pointer]).toEqual([422, "/particulars/coOwners"]);
  });
});
