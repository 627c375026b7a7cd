import { readFileSync } from "node:fs";
import { type Bond, issueBond, redeemBond, takeCoupon } from "@genbo/cli/demo/bond";
import { buyIntoOwnWallet } from "@genbo/cli/demo/bond-sale";
import { readBond, readScenario } from "@genbo/cli/demo/fixture";
import { type KeyStore, openKeyStore } from "@genbo/cli/demo/keys";
import { admitParties, type Parties } from "@genbo/cli/demo/parties";
import { type Qualified, sellAmongInstitutions } from "@genbo/cli/demo/qualified";
import { readRegister } from "@genbo/cli/demo/reads";
import { platformBegins } from "@genbo/cli/demo/run";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertingStep as step } from "../support/asserting-step.ts";
import { stackFolder } from "../support/stack-folder.ts";

const scenario = readBond();
const { dataDir, remove } = stackFolder("bond");
let stack: Stack;
let keys: KeyStore;
let parties: Parties;

beforeAll(async () => {
  stack = await startStack({ dataDir, genesisTime: platformBegins });
  const operatorSecret = readFileSync(stack.folder.operatorKeyFile, "utf8").trim();
  keys = openKeyStore(dataDir);
  parties = await admitParties(step, { url: stack.urls.api, operatorSecret }, keys);
}, 240_000);
afterAll(async () => {
  await stack?.stop();
  remove();
});

describe("the straight bond of 2021, from its issue to its redemption", () => {
  let bond: Bond;
  let certificate: string;
  let own: string;
  const [buyer, seller] = [scenario.holders[0]!, scenario.holders[2]!];

  beforeAll(async () => {
    bond = await issueBond(step, parties, scenario);
  }, 120_000);

  it("has a bondholder for each allotment, 100,000 yen a unit [CA 681(iv)] [CA 681(v)]", async () => {
    const { rows, totals } = await readRegister(parties.as.trustee, bond.issue.id);
    const units = new Map(rows.map((row) => [row.account, Number(row.units)]));
    const allotted = scenario.holders.map(
      ({ id, units }) => [bond.accounts.get(id)!.address, units] as const,
    );
    expect(units).toEqual(new Map(allotted));
    expect(totals?.units).toBe(String(scenario.units));
    const { body } = await parties.as.trustee.call("getIssue", { params: { id: bond.issue.id } });
    expect(body.totalYen).toBe(String(scenario.total));
  });

  it("prints the items of a bond register, not those of a trust [CA 681]", async () => {
    const params = { id: bond.issue.id };
    const { body } = await parties.as.trustee.call("printRegister", { params, query: { purpose: "点検" } });
    expect(body.profile).toBe("BOND");
    expect(body.items.find(({ key }) => key === "interestRate")?.value).toBe("年0.35パーセント");
    expect(body.items.every(({ article }) => article.startsWith("CA"))).toBe(true);
  });

  it("enters a sale into the buyer's own wallet, which binds the company from then on [CA 688] [CA 691(2)]", async () => {
    const bought = await buyIntoOwnWallet(step, parties, bond, keys);
    certificate = bought.certificate;
    own = bought.wallet.address;
    const unitsAsOf = async (asOf: string, account: string) => {
      const { rows } = await readRegister(parties.as.trustee, bond.issue.id, asOf);
      return rows.find((row) => row.account === account)?.units;
    };
    const from = bond.accounts.get(seller.id)!.address;
    expect(await unitsAsOf("2021-05-31", own)).toBeUndefined();
    expect(await unitsAsOf("2021-06-01", own)).toBe("2");
    expect(await unitsAsOf("2021-05-31", from)).toBe(String(seller.units));
    expect(await unitsAsOf("2021-06-01", from)).toBe(String(seller.units - 2));
    const query = { limit: "1000" };
    const { body } = await parties.as.trustee.call("listEntries", { params: { id: bond.issue.id }, query });
    const [requested, accepted, entered] = body.items.slice(-3);
    // The wallet itself has accepted: nobody else did.
    expect([requested!.maker, accepted!.maker, entered!.checker]).toEqual([
      "staff:sbi-customers-1",
      null,
      "staff:trustee-1",
    ]);
    expect(entered).toMatchObject({ basis: "JOINT_REQUEST", basisArticle: "CA 691(2)" });
    expect(entered!.perfectedAt).toBe(entered!.enteredAt);
  }, 60_000);

  it("has a list of the coupon's day, which the law does not bind to three months", async () => {
    await takeCoupon(step, parties, bond);
    const { body } = await parties.as.trustee.call("listRecordDates", { params: { id: bond.issue.id } });
    const { personId } = bond.accounts.get(buyer.id)!;
    const list = await parties.as.trustee.call("readRecordDateList", {
      params: { id: body.items[0]!.id },
      query: { limit: "1000" },
    });
    const his = list.body.items.find((row) => row.personId === personId)!;
    expect([his.units, his.accounts.length]).toEqual([String(buyer.units + 2), 2]);
  }, 60_000);

  it("is redeemed in full at maturity, and the register of the day before stands as it was", async () => {
    const before = await readRegister(parties.as.trustee, bond.issue.id, "2022-04-26").catch(() => undefined);
    expect(before, "a day that has not come is no reading").toBeUndefined();
    await redeemBond(step, parties, bond, certificate);
    const dayBefore = await readRegister(parties.as.trustee, bond.issue.id, "2022-04-26");
    expect(dayBefore.rows).toHaveLength(scenario.holders.length + 1);
  }, 60_000);
});

describe("a card-receivables token that only qualified institutions may hold", () => {
  let card: Qualified;
  let retail: string;

  beforeAll(async () => {
    const { body } = await parties.as.SBI.call("listInvestors", { query: { limit: "500" } });
    const { externalId } = body.items.find(({ classes }) => classes.includes("RETAIL"))!;
    const wallets = await parties.as.SBI.call("registerWallets", { body: { rows: [{ externalId }] } });
    retail = wallets.body.items[0]!.address;
    card = await sellAmongInstitutions(step, parties, readScenario(), retail);
  }, 120_000);

  it("is issued to them and sold among them, and sold to nobody else", () => {
    expect(card.units).toEqual(["600", "400"]);
    expect(card.refusals.map(({ codes }) => codes)).toEqual([["RECEIVER_CLASS"]]);
  });

  it("is issued to nobody else", async () => {
    const { issuer } = parties.as;
    const asked = { params: { id: card.issue.id }, body: { rows: [{ to: retail, units: "1" }] } };
    await expect(issuer.call("issueUnits", asked)).rejects.toThrow("investor class");
    const { rows } = await readRegister(parties.as.trustee, card.issue.id);
    expect(rows.map(({ account }) => account)).not.toContain(retail);
  });
});
