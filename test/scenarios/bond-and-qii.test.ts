import { readFileSync } from "node:fs";
import type { WireRequest } from "@genbo/api-schema/wire";
import { ApiProblem } from "@genbo/cli/client";
import { moveClock } from "@genbo/cli/demo/clock";
import { investorRow } from "@genbo/cli/demo/customer";
import { readScenario } from "@genbo/cli/demo/fixture";
import { openKeyStore } from "@genbo/cli/demo/keys";
import { admitParties, type Parties } from "@genbo/cli/demo/parties";
import { makePeople } from "@genbo/cli/demo/people";
import { readRecordDateList, readRegister } from "@genbo/cli/demo/reads";
import { draftOf } from "@genbo/cli/demo/terms";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stackFolder } from "../support/stack-folder.ts";

type Draft = NonNullable<WireRequest<"draftIssue">["body"]>;
interface Bond {
  face: number;
  units: number;
  issue: string;
  coupons: [string, string];
  maturity: string;
  holders: { id: string; units: number; tax: "RESIDENT_INDIVIDUAL" }[];
}

const bond = (
  JSON.parse(readFileSync(new URL("../fixtures/st-bond-2021.json", import.meta.url), "utf8")) as {
    scenario: Bond;
  }
).scenario;
const { dataDir, remove } = stackFolder("bond");
const silent = { say: () => undefined, progress: () => undefined, check: () => undefined };
let stack: Stack;
let parties: Parties;

beforeAll(async () => {
  stack = await startStack({ dataDir, genesisTime: new Date("2021-04-20T09:00:00+09:00") });
  const operatorSecret = readFileSync(stack.folder.operatorKeyFile, "utf8").trim();
  parties = await admitParties(silent, { url: stack.urls.api, operatorSecret }, openKeyStore(dataDir));
}, 240_000);
afterAll(async () => {
  await stack?.stop();
  remove();
});

const clock = (day: string, time = "10:00:00") =>
  moveClock(silent, parties.as.operator, `${day}T${time}+09:00`);

async function activated(draft: Draft): Promise<string> {
  const { body } = await parties.as.issuer.call("draftIssue", { body: draft });
  const approval = await parties.as.trustee.call("approveIssue", { params: { id: body.id }, body: {} });
  expect((await parties.as.trustee.waitForOperation(approval.body.operationId)).state).toBe("entered");
  return body.id;
}

type Classes = ReturnType<typeof investorRow>["classes"];

/** Customers of the first broker with an account each, by their number. */
async function customers(ids: readonly string[], classes: Classes): Promise<Map<string, string>> {
  const people = makePeople(
    ids.map((id) => ({ id, broker: "SBI", tax: "RESIDENT_INDIVIDUAL" })),
    ids[0]!,
  );
  const rows = people.map((person) => investorRow({ person, classes, validUntil: "2030-01-01T00:00:00Z" }));
  await parties.as.SBI.call("registerInvestors", { body: { rows } });
  const wallets = { rows: ids.map((externalId) => ({ externalId })) };
  const { body } = await parties.as.SBI.call("registerWallets", { body: wallets });
  expect((await parties.as.SBI.waitForOperation(body.operationId!)).state).toBe("entered");
  return new Map(body.items.map(({ externalId, address }) => [externalId, address]));
}

async function issued(id: string, rows: readonly { to: string; units: string }[]): Promise<void> {
  const { body } = await parties.as.issuer.call("issueUnits", { params: { id }, body: { rows: [...rows] } });
  const { state, rowsRefused } = await parties.as.issuer.waitForOperation(body.operationId);
  expect([state, rowsRefused]).toEqual(["entered", 0]);
}

async function sold(issueId: string, from: string, to: string, units: string, day: string): Promise<void> {
  const { SBI, SBIDesk, trustee } = parties.as;
  const body = { issueId, from, to, units, tradeDate: day, settlementDate: day };
  const asked = (await SBI.call("requestTransfer", { body })).body;
  await SBI.waitForOperation(asked.operationId);
  const params = { id: asked.transferId! };
  const accepted = await SBIDesk.call("acceptTransfer", { params, body: {} });
  await SBIDesk.waitForOperation(accepted.body.operationId);
  const approved = await trustee.call("approveTransfer", { params, body: {} });
  expect((await trustee.waitForOperation(approved.body.operationId)).state).toBe("entered");
}

const bondDraft = (): Draft => ({
  profile: "BOND",
  name: "第1回無担保社債(見本)",
  symbol: "STB-2021",
  trusteeId: parties.ids.trustee,
  totalUnits: String(bond.units),
  unitPriceYen: String(bond.face),
  minUnits: "1",
  lot: "1",
  certificateless: true,
  policy: { acceptanceRequired: true, approvalRequired: true },
  terms: {
    interestRate: "年0.35パーセント",
    redemption: `${bond.maturity}に総額を償還`,
    interestPayment: `${bond.coupons.join("及び")}に支払う`,
    formExchangeLimit: null,
    noAdministrator: "社債管理者を置かない(会社法第702条ただし書)",
    administratorPowers: null,
    noticeOfAssistant: null,
    jointIssue: null,
    administrator: null,
    assistant: null,
    registerManager: { name: "原簿管理人 見本", address: "東京都千代田区(見本)" },
    security: null,
    trustBond: null,
    paidIn: `${bond.issue} 全額`,
    nonCashPayment: null,
    setOff: null,
  },
});

describe("the straight bond of 2021, from its issue to its redemption", () => {
  let id: string;
  let accounts: Map<string, string>;
  const [seller, buyer] = [bond.holders[2]!, bond.holders[0]!];

  beforeAll(async () => {
    id = await activated(bondDraft());
    accounts = await customers(
      bond.holders.map((holder) => holder.id),
      ["RETAIL"],
    );
    await clock(bond.issue);
    await issued(
      id,
      bond.holders.map((holder) => ({ to: accounts.get(holder.id)!, units: String(holder.units) })),
    );
  }, 120_000);

  it("has a bondholder for each allotment, 100,000 yen a unit [CA 681(iv)] [CA 681(v)]", async () => {
    const { rows, totals } = await readRegister(parties.as.trustee, id);
    const units = new Map(rows.map((row) => [row.account, Number(row.units)]));
    expect(units).toEqual(new Map(bond.holders.map((holder) => [accounts.get(holder.id)!, holder.units])));
    expect(totals?.units).toBe(String(bond.units));
    const { body: issue } = await parties.as.trustee.call("getIssue", { params: { id } });
    expect(issue.totalYen).toBe("100000000");
  });

  it("prints the items of a bond register, not those of a trust [CA 681]", async () => {
    const { body } = await parties.as.trustee.call("printRegister", { params: { id }, query: {} });
    expect(body.profile).toBe("BOND");
    expect(body.items.find(({ key }) => key === "interestRate")?.value).toBe("年0.35パーセント");
    expect(body.items.every(({ article }) => article.startsWith("CA"))).toBe(true);
  });

  it("enters a sale, which binds the company from then on [CA 688] [CA 691(2)]", async () => {
    await clock("2021-06-01");
    await sold(id, accounts.get(seller.id)!, accounts.get(buyer.id)!, "2", "2021-06-01");
    const unitsAsOf = async (asOf: string, holder: string) => {
      const { rows } = await readRegister(parties.as.trustee, id, asOf);
      return rows.find(({ account }) => account === accounts.get(holder))?.units;
    };
    expect(await unitsAsOf("2021-05-31", buyer.id)).toBe(String(buyer.units));
    expect(await unitsAsOf("2021-06-01", buyer.id)).toBe(String(buyer.units + 2));
    expect(await unitsAsOf("2021-06-01", seller.id)).toBe(String(seller.units - 2));
    const query = { limit: "1000" };
    const { body } = await parties.as.trustee.call("listEntries", { params: { id }, query });
    const [requested, accepted, entered] = body.items.slice(-3);
    expect([requested!.maker, accepted!.maker, entered!.checker]).toEqual([
      "staff:sbi-customers-1",
      "staff:sbi-own-account-1",
      "staff:trustee-1",
    ]);
    expect(entered).toMatchObject({ basis: "JOINT_REQUEST", basisArticle: "CA 691(2)" });
    expect(entered!.perfectedAt).toBe(entered!.enteredAt);
  });

  it("has a list of the coupon's day, which the law does not bind to three months", async () => {
    const [day] = bond.coupons;
    const body = { day, purpose: "第1回利払", exerciseUntil: "2022-03-31" };
    const { body: set } = await parties.as.trustee.call("setRecordDate", { params: { id }, body });
    await clock("2021-10-28", "00:00:01");
    await expect
      .poll(
        async () =>
          (await parties.as.trustee.call("listRecordDates", { params: { id } })).body.items[0]?.list,
        { timeout: 30_000 },
      )
      .not.toBeNull();
    const list = await readRecordDateList(parties.as.trustee, set.id);
    expect(list.items).toHaveLength(bond.holders.length);
    expect(list.items.reduce((sum, { units }) => sum + Number(units), 0)).toBe(bond.units);
  }, 60_000);

  it("is neither consolidated nor split: those are of beneficial interests alone", async () => {
    const body = { kind: "RATIO" as const, reason: "社債の分割", numerator: 2, denominator: 1 };
    const refused = parties.as.issuer.call("proposeChange", { params: { id }, body });
    await expect(refused).rejects.toMatchObject({ problem: { code: "INVALID_FIELD", pointer: "/kind" } });
  });

  it("is redeemed in full at maturity, and the register of the day before stands as it was", async () => {
    const { issuer, trustee } = parties.as;
    const before = await readRegister(trustee, id, "2022-04-26").catch(() => undefined);
    expect(before, "a day that has not come is no reading").toBeUndefined();
    await clock(bond.maturity);
    const change = { kind: "REDEMPTION" as const, reason: "満期償還", paidOn: bond.maturity };
    const proposed = await issuer.call("proposeChange", { params: { id }, body: change });
    const changeId = (proposed.body as { id: string }).id;
    const approved = await trustee.call("approveChange", { params: { id: changeId }, body: {} });
    expect((await trustee.waitForOperation(approved.body.operationId)).state).toBe("entered");
    const after = await readRegister(trustee, id);
    expect([after.rows.length, after.totals?.units]).toEqual([0, "0"]);
    const dayBefore = await readRegister(trustee, id, "2022-04-26");
    expect(dayBefore.rows).toHaveLength(bond.holders.length);
    expect(dayBefore.totals?.units).toBe(String(bond.units));
  }, 60_000);
});

describe("a card-receivables token that only qualified institutions may hold", () => {
  let id: string;
  let funds: string[];
  let retail: string;
  const day = "2022-05-10";

  beforeAll(async () => {
    await clock(day);
    id = await activated({
      ...draftOf(readScenario(), parties.ids.trustee),
      name: "カード債権信託受益権(適格機関投資家限定)",
      symbol: "CARD-QII",
      totalUnits: "1000",
      unitPriceYen: "1000000",
      minUnits: "1",
      lot: "1",
      policy: { acceptanceRequired: true, approvalRequired: true, classes: ["QII"] },
    });
    funds = [...(await customers(["FUND-1", "FUND-2"], ["QII", "CORPORATE"])).values()];
    [retail] = (await customers(["RETAIL-1"], ["RETAIL"])).values() as unknown as [string];
  }, 120_000);

  it("is issued to them and sold among them", async () => {
    await issued(id, [{ to: funds[0]!, units: "1000" }]);
    await sold(id, funds[0]!, funds[1]!, "400", day);
    const { rows } = await readRegister(parties.as.trustee, id);
    expect(rows.map(({ units }) => units).sort()).toEqual(["400", "600"]);
  });

  it("is sold to nobody else", async () => {
    const body = {
      issueId: id,
      from: funds[0]!,
      to: retail,
      units: "1",
      tradeDate: day,
      settlementDate: day,
    };
    const refused = await parties.as.SBI.call("requestTransfer", { body }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiProblem);
    expect((refused as ApiProblem).problem.code).toBe("TRANSFER_REFUSED");
    expect((refused as ApiProblem).message).toContain("RECEIVER_CLASS");
    const { rows } = await readRegister(parties.as.trustee, id);
    expect(rows.map(({ account }) => account)).not.toContain(retail);
  });

  it("has no broker among its readers who has no customer in it", async () => {
    const { body } = await parties.as.NOMURA.call("readRegister", { params: { id }, query: {} });
    expect(body.items).toEqual([]);
  });
});
