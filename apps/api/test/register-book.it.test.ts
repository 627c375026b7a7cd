import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import { uintWord } from "@genbo/domain/words";
import { beforeAll, describe, expect, it, test } from "vitest";
import { bondTerms, issueDraft } from "./support/samples.ts";
import { type Traded, traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

type Book = WireAnswer<"printRegister">;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const print = async (
  issueId: string,
  query: WireRequest<"printRegister">["query"] = {},
  secret = world.trustee.secret,
): Promise<Book> =>
  (
    await world.ask(secret, "printRegister", {
      params: { id: issueId },
      query: { purpose: "点検", ...query },
    })
  ).body;
const holderIn = ({ holders }: Book, account: string) => holders.find((each) => each.account === account);

const trustValues = {
  content: "毎年1月末及び7月末の受益者に収益を分配し、信託終了時に元本を償還する",
  transferRestriction: "譲渡には受託者の承諾を要する",
  rightsVariation: "A種受益権は議決権を有しない",
  settlor: { name: "委託者 見本", address: "東京都中央区" },
  trustees: [{ name: "受託者 見本", address: "東京都千代田区" }],
  supervisor: { name: "監督人 見本", address: "東京都港区" },
  beneficiaryAgent: { name: "代理人 見本", address: "東京都新宿区" },
  certificatelessClause: "受益証券を発行しない(信託契約第5条)",
  registerManager: { name: "原簿管理人 見本", address: "東京都品川区" },
  limitedLiability: "見本限定責任信託 東京都千代田区",
  otherTerms: "信託契約の定めによる",
};

describe("the printed register of a trust has each item of the law", () => {
  let book: Book;
  beforeAll(async () => {
    const issueId = await world.activeIssue({ terms: trustValues } as never);
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, holder.account, 100n);
    book = await print(issueId);
  });

  test.each([
    ["content", "[TA 186(i)] [TAR 18(i)]"],
    ["transferRestriction", "[TAR 18(ii)]"],
    ["rightsVariation", "[TAR 18(iii)]"],
    ["settlor", "[TA 186(v)] [TAR 19(i)]"],
    ["trustees", "[TAR 19(ii)]"],
    ["supervisor", "[TAR 19(iii)]"],
    ["beneficiaryAgent", "[TAR 19(iv)]"],
    ["certificatelessClause", "[TAR 19(v)] [TA 185(2)]"],
    ["registerManager", "[TAR 19(vi)] [TA 188]"],
    ["limitedLiability", "[TAR 19(vii)]"],
    ["otherTerms", "[TAR 19(viii)]"],
  ] as const)("%s, as it was stated %s", (key, _article) => {
    expect(book.items.find((item) => item.key === key)).toMatchObject({
      place: "terms",
      value: trustValues[key],
    });
  });

  it("says that there are no certificates [TA 186(ii)]", () => {
    expect(book.items.find(({ key }) => key === "certificate")).toMatchObject({
      place: "fixed",
      value: "不発行",
    });
  });

  it("names each holder with address and each lot with its date [TA 186(iii)] [TA 186(iv)]", () => {
    expect(book.holders).toMatchObject([
      {
        name: { kanji: expect.stringContaining("見本 太郎") },
        address: { prefecture: "東京都", street: "神南1-1-1" },
        units: "100",
        lots: [{ acquiredOn: "2021-08-02", units: "100" }],
      },
    ]);
    const places = ["holder", "acquiredOn", "trusteeCapacity"];
    expect(book.items.filter(({ place }) => place === "register").map(({ key }) => key)).toEqual(places);
  });
});

const bondValues = {
  ...bondTerms,
  formExchangeLimit: "記名式と無記名式との間の転換の請求はできない",
  administratorPowers: "会社法706条1項2号に掲げる行為を決議によらずにすることができる",
  noticeOfAssistant: "社債管理補助者を定める",
  jointIssue: "合同発行 甲社2分の1 乙社2分の1",
  administrator: { name: "社債管理者 見本", address: "東京都千代田区" },
  assistant: { name: "管理補助者 見本", address: "東京都港区" },
  security: "担保付社債信託法19条1項1号、11号及び13号に掲げる事項",
  trustBond: "見本信託(令和3年4月1日契約)",
  nonCashPayment: "国債 1,000,000円 2021年4月27日",
  setOff: "500,000円 2021年4月27日",
};

describe("the printed register of a bond has each item of the law", () => {
  let book: Book;
  beforeAll(async () => {
    const issueId = await world.activeIssue({ profile: "BOND", terms: bondValues } as never);
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, holder.account, 10n);
    book = await print(issueId);
  });

  test.each([
    ["interestRate", "[CA 681(i)] [CAR 165(i)]"],
    ["redemption", "[CAR 165(ii)]"],
    ["interestPayment", "[CAR 165(iii)]"],
    ["formExchangeLimit", "[CAR 165(v)]"],
    ["noAdministrator", "[CAR 165(vi)]"],
    ["administratorPowers", "[CAR 165(vii)]"],
    ["noticeOfAssistant", "[CAR 165(viii)]"],
    ["jointIssue", "[CAR 165(ix)]"],
    ["administrator", "[CAR 165(x)]"],
    ["assistant", "[CAR 165(xi)]"],
    ["registerManager", "[CAR 165(xii)] [CA 683]"],
    ["security", "[CAR 165(xiii)]"],
    ["trustBond", "[CAR 165(xiv)]"],
    ["paidIn", "[CA 681(iii)]"],
    ["nonCashPayment", "[CA 681(vii)] [CAR 166(i)]"],
    ["setOff", "[CAR 166(ii)]"],
  ] as const)("%s, as it was stated %s", (key, _article) => {
    expect(book.items.find((item) => item.key === key)).toMatchObject({
      place: "terms",
      value: bondValues[key],
    });
  });

  it("says that there are no certificates [CA 681(vi)] [CAR 165(iv)]", () => {
    expect(book.items.find(({ key }) => key === "certificate")).toMatchObject({
      place: "fixed",
      value: "不発行",
    });
  });

  it("says the total and the amount of each bond [CA 681(ii)]", () => {
    const { totalUnits, unitPriceYen } = issueDraft("");
    expect(book.items.find(({ key }) => key === "amounts")?.value).toEqual({
      ...{ totalUnits, unitPriceYen },
      totalYen: String(BigInt(totalUnits) * BigInt(unitPriceYen)),
    });
  });

  it("names each bondholder with address and each lot with its date [CA 681(iv)] [CA 681(v)]", () => {
    expect(book.holders).toMatchObject([
      { name: { kanji: expect.stringContaining("見本") }, lots: [{ acquiredOn: "2021-08-02", units: "10" }] },
    ]);
  });
});

describe("marks", () => {
  it("stand on as many units as they say, until those leave: unmarked ones leave first [TA 206(1)]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const marksOf = async () => {
      const { marks } = holderIn(await print(issueId), seller.account)!;
      return marks.map(({ units, basisArticle, trustProperty }) => [units, basisArticle, trustProperty]);
    };
    await world.ledger.mark(issueId, { account: seller.account, units: 30n, basis: "TRUST_PROPERTY_MARK" });
    expect(await marksOf()).toEqual([["30", "TA 206", true]]);
    await world.ledger.move(issueId, { from: seller.account, to: buyer.account, units: 60n });
    expect(await marksOf()).toEqual([["30", "TA 206", true]]);
    await world.ledger.move(issueId, { from: seller.account, to: buyer.account, units: 20n });
    expect(await marksOf()).toEqual([["20", "TA 206", true]]);
    // What comes in later is not marked by it.
    await world.ledger.issue(issueId, seller.account, 50n);
    expect(await marksOf()).toEqual([["20", "TA 206", true]]);
    await world.ledger.mark(issueId, { account: seller.account, units: 0n, basis: "TRUST_PROPERTY_MARK" });
    expect(await marksOf()).toEqual([]);
  });

  it("end with an account that was empty in between", async () => {
    const { issueId, seller, buyer } = await traded(world);
    await world.ledger.mark(issueId, { account: seller.account, units: 30n, basis: "TRUST_PROPERTY_MARK" });
    await world.ledger.move(issueId, { from: seller.account, to: buyer.account, units: 100n });
    await world.ledger.issue(issueId, seller.account, 100n);
    expect(holderIn(await print(issueId), seller.account)?.marks).toEqual([]);
  });

  it("follow a consolidation or split as the units do [TA 206] [TA 197(2)] [TA 197(3)]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const { account } = seller;
    await world.ledger.mark(issueId, { account, units: 30n, basis: "TRUST_PROPERTY_MARK" });
    const marked = async (asOf?: string) =>
      (await print(issueId, asOf === undefined ? {} : { asOf })).holders
        .find((each) => each.account === account)!
        .marks.map(({ units }) => units);
    const { asOf } = await print(issueId);
    await world.ledger.ratio(issueId, account, 1n, 4n); // 100 become 25, and 30 marked ones 7 with a half that falls away
    expect(await marked()).toEqual(["7"]);
    await world.ledger.ratio(issueId, account, 10n, 1n);
    expect(await marked()).toEqual(["70"]);
    await world.ledger.move(issueId, { from: account, to: buyer.account, units: 200n });
    expect([await marked(), await marked(`entry:${asOf.seq}`)]).toEqual([["50"], ["30"]]);
  });

  it("follow it once, whatever encumbers the account [TA 206] [TA 197(3)]", async () => {
    const trade = await traded(world);
    const { issueId, seller } = trade;
    const { account } = seller;
    const ref = `0x${"b1".repeat(32)}`;
    await world.ledger.mark(issueId, { account, units: 60n, basis: "TRUST_PROPERTY_MARK" });
    await pledged(trade, ref, 30n);
    const ofHold = (units: bigint, n: bigint, d: bigint) =>
      world.ledger.enter(issueId, "RATIO", { from: account, ref, units, data: uintWord((n << 128n) | d) });
    const marked = async () => holderIn(await print(issueId), account)?.marks.map(({ units }) => units);
    await ofHold(15n, 1n, 2n);
    expect(await marked()).toEqual(["60"]);
    await world.ledger.ratio(issueId, account, 1n, 2n);
    expect(await marked()).toEqual(["30"]);
    await world.ledger.ratio(issueId, account, 3n, 1n);
    await ofHold(45n, 3n, 1n);
    expect(await marked()).toEqual(["90"]);
  });

  it("say to which property the trustee's own units belong, beside another trust's [TAR 20] [TA 197(1)(i)]", async () => {
    const { issueId, seller } = await traded(world);
    const own = { account: seller.account, units: 10n, basis: "TRUSTEE_ACQUIRED" as const };
    await world.ledger.mark(issueId, { ...own, capacity: "OTHER_TRUST" });
    await world.ledger.mark(issueId, { account: seller.account, units: 4n, basis: "TRUST_PROPERTY_MARK" });
    const { marks } = holderIn(await print(issueId), seller.account)!;
    expect(marks).toMatchObject([
      { basisArticle: "TA 197(1)(i)", capacity: "OTHER_TRUST", units: "10", trustProperty: false },
      { basisArticle: "TA 206", capacity: "NONE", units: "4", trustProperty: true },
    ]);
    const entries = await world.ask(world.trustee.secret, "listEntries", {
      params: { id: issueId },
      query: {},
    });
    const perfected = entries.body.items
      .slice(-2)
      .map(({ kind, perfectedAt }) => [kind, perfectedAt !== null]);
    expect(perfected).toEqual([
      ["MARK", false],
      ["MARK", true],
    ]);
  });

  it("of trust property stand in the certificate, which says so [TA 206(3)]", async () => {
    const { issueId, seller } = await traded(world);
    await world.ledger.mark(issueId, { account: seller.account, units: 30n, basis: "TRUST_PROPERTY_MARK" });
    const says = await certified(issueId, { account: seller.account });
    expect(says).toMatchObject({
      article: "TA 187(1), TA 206(3)",
      marks: [{ trustProperty: true, units: "30" }],
    });
  });

  it("of a bond likewise [CA 695-2(3)] [CA 690(1)]", async () => {
    const issueId = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, holder.account, 10n);
    await world.ledger.mark(issueId, { account: holder.account, units: 6n, basis: "TRUST_PROPERTY_MARK" });
    const own = { account: holder.account, units: 4n, basis: "TRUSTEE_ACQUIRED" as const };
    await world.ledger.mark(issueId, { ...own, capacity: "PROPRIETARY" });
    const { marks } = holderIn(await print(issueId), holder.account)!;
    expect(marks.map(({ basisArticle }) => basisArticle)).toEqual(["CA 695-2", "CA 690(1)(i)"]);
    expect((await certified(issueId, { account: holder.account })).article).toBe("CA 682(1), CA 695-2(3)");
  });
});

async function certified(issueId: string, body: WireRequest<"issueCertificate">["body"]) {
  const { number } = (
    await world.ask(world.trustee.secret, "issueCertificate", { params: { id: issueId }, body })
  ).body;
  const { jws } = (
    await world.ask(world.trustee.secret, "readCertificate", {
      params: { number },
      query: { purpose: "点検" },
    })
  ).body;
  return JSON.parse(Buffer.from(jws.payload, "base64url").toString());
}

const pledged = (trade: Traded, ref: string, units = 3n) =>
  world.ledger.hold(trade.issueId, {
    ref,
    from: trade.seller.account,
    to: trade.buyer.account,
    units,
    kind: "PLEDGE",
  });

describe("a pledge", () => {
  it("is printed with name and address of the pledgee, to whom notices go too [TA 201(1)] [TA 203] [TA 200(2)]", async () => {
    const trade = await traded(world);
    const [first, second] = [`0x${"a1".repeat(32)}`, `0x${"a2".repeat(32)}`];
    await pledged(trade, first);
    await pledged(trade, second, 5n);
    const { pledges } = holderIn(await print(trade.issueId), trade.seller.account)!;
    const pledgee = { account: trade.buyer.account, address: { city: "渋谷区" } };
    expect(pledges).toMatchObject([
      { holdId: first, order: 1, units: "3", ...pledgee, notices: { address: { city: "渋谷区" } } },
      { holdId: second, order: 2, units: "5", ...pledgee },
    ]);
  });

  it("is to a broker whose customer gave it an account, named only where the pledgee is its customer too", async () => {
    const trade = await traded(world);
    await pledged(trade, `0x${"a4".repeat(32)}`);
    const own = await world.open(world.broker, unused());
    await pledged({ ...trade, buyer: own }, `0x${"a5".repeat(32)}`);
    const { pledges } = holderIn(await print(trade.issueId, {}, world.broker.secret), trade.seller.account)!;
    expect(pledges).toMatchObject([
      { account: trade.buyer.account, name: null, address: null, notices: null },
      { account: own.account, name: { kanji: expect.stringContaining("見本") }, address: { city: "渋谷区" } },
    ]);
  });

  it("of a bond likewise [CA 693] [CA 694] [CA 688]", async () => {
    const issueId = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
    const seller = await world.open(world.broker, unused());
    const buyer = await world.open(world.other, unused());
    await world.ledger.issue(issueId, seller.account, 10n);
    await pledged({ issueId, seller, buyer }, `0x${"a3".repeat(32)}`);
    const { pledges } = holderIn(await print(issueId), seller.account)!;
    expect(pledges).toMatchObject([{ account: buyer.account, units: "3" }]);
    await world.ledger.move(issueId, { from: seller.account, to: buyer.account, units: 2n });
    const moved = holderIn(await print(issueId), buyer.account);
    expect(moved).toMatchObject({ units: "2", name: { kanji: expect.stringContaining("見本") } });
    const entries = await world.ask(world.trustee.secret, "listEntries", {
      params: { id: issueId },
      query: {},
    });
    const { perfectedAt, enteredAt } = entries.body.items.at(-1)!;
    expect(perfectedAt).toBe(enteredAt);
  });
});

it("a past book stays as it was, and pages fit together", async () => {
  const trade = await traded(world);
  await world.ledger.issue(trade.issueId, trade.buyer.account, 5n);
  const { asOf } = await print(trade.issueId);
  await world.ledger.mark(trade.issueId, {
    account: trade.seller.account,
    units: 9n,
    basis: "TRUST_PROPERTY_MARK",
  });
  const first = await print(trade.issueId, { asOf: asOf.time, limit: "1" });
  const second = await print(trade.issueId, { asOf: asOf.time, limit: "1", cursor: first.next! });
  expect([...first.holders, ...second.holders].map(({ units }) => units).sort()).toEqual(["100", "5"]);
  expect([...first.holders, ...second.holders].flatMap(({ marks }) => marks)).toEqual([]);
  expect(second.next).toBeNull();
});

it("whoever keeps the register says why he prints it", async () => {
  const { issueId } = await traded(world);
  const question = { params: { id: issueId }, query: {} };
  for (const secret of [world.trustee.secret, world.compliance.secret])
    expect((await world.ask(secret, "printRegister", question)).problem).toMatchObject({
      code: "INVALID_FIELD",
      pointer: "query/purpose",
    });
  expect((await world.ask(world.broker.secret, "printRegister", question)).status).toBe(200);
  const { rows } = await world.owner.query(
    "select outcome, purpose from audit_row where action = 'printRegister' and (target = $1 or outcome <> 'read') order by id desc limit 3",
    [issueId],
  );
  expect(rows.reverse().slice(-1)).toEqual([{ outcome: "read", purpose: "own customer" }]);
});

it("a broker prints its own customers, and each print is written down with its purpose", async () => {
  const { issueId, seller, buyer } = await traded(world);
  await world.ledger.issue(issueId, buyer.account, 5n);
  const book = await print(issueId, { purpose: "残高照合" }, world.broker.secret);
  expect(book.holders.map(({ account }) => account)).toEqual([seller.account]);
  const { rows } = await world.owner.query(
    "select purpose, outcome, detail ->> 'rows' as rows from audit_row where target = $1 and action = 'printRegister'",
    [issueId],
  );
  expect(rows).toEqual([{ purpose: "残高照合", outcome: "read", rows: "1" }]);
});
