import { type Accounts, registerCustomers } from "./accounts.ts";
import { moveClock } from "./clock.ts";
import type { Customer } from "./customer.ts";
import { checkedUntil } from "./customers.ts";
import type { BondScenario } from "./fixture.ts";
import { issueRows } from "./issuance.ts";
import { activate, type DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import { makePeople } from "./people.ts";
import { byPerson, readRegister, sumOf } from "./reads.ts";
import { takeRecordDate } from "./record-dates.ts";
import type { Step } from "./steps.ts";
import { bondDraftOf } from "./terms.ts";

/** The bond of 2021 with its bondholders' accounts. */
export interface Bond {
  issue: DemoIssue;
  accounts: Accounts;
  scenario: BondScenario;
}

/** 27 April 2021: a bond of its own profile, with a bondholder for each allotment. */
export async function issueBond(step: Step, parties: Parties, scenario: BondScenario): Promise<Bond> {
  const issue = await activate(step, parties, "bond", bondDraftOf(scenario, parties.ids.trustee));
  const accounts = await registerCustomers(step, parties, "SBI", bondholders(scenario), "bond");
  await moveClock(step, parties.as.operator, `${scenario.issue}T10:00:00+09:00`);
  const rows = scenario.holders.map(({ id, units }) => ({
    to: accounts.get(id)!.address,
    units: String(units),
  }));
  await issueRows(step, parties, issue, "bond", rows);
  const { rows: held } = await readRegister(parties.as.trustee, issue.id, scenario.issue);
  const expected = scenario.holders.map(({ id, units }) => [accounts.get(id)!.address, String(units)]);
  step.check(
    `${scenario.holders.length} bondholders with ${scenario.units} units as in the fixture (Companies Act 681(iv))`,
    held.map(({ account, units }) => [account, units]).sort(),
    expected.sort(),
  );
  await checkBook(step, parties, issue, scenario);
  return { issue, accounts, scenario };
}

const bondholders = (scenario: BondScenario): Customer[] =>
  makePeople(
    scenario.holders.map((holder) => ({ ...holder, broker: "SBI" as const })),
    "st-bond-2021",
  ).map((person) => ({ person, classes: ["RETAIL"], validUntil: checkedUntil }));

async function checkBook(step: Step, parties: Parties, { id }: DemoIssue, { issue: day }: BondScenario) {
  const query = { asOf: day, purpose: "demo", limit: "1" };
  const { body } = await parties.as.trustee.call("printRegister", { params: { id }, query });
  const articles = new Set(body.items.map(({ article }) => article.split(" ")[0]));
  step.check(
    `its register has the ${body.items.length} items of Companies Act 681, and none of a trust's`,
    [body.profile, [...articles].sort()],
    ["BOND", ["CA", "CAR"]],
  );
  const interest = body.items.find(({ key }) => key === "interestRate");
  step.say(`${interest!.article} ${interest!.ja}: ${interest!.value}`);
}

/** Who is paid the first coupon: the bondholders at 24:00 JST of its day, each with all his accounts. */
export async function takeCoupon(step: Step, parties: Parties, { issue, scenario }: Bond): Promise<void> {
  const [day] = scenario.coupons;
  // The three months of Trust Act 189 do not bind a bond.
  const date = { day, purpose: "第1回利払", exerciseUntil: "2022-03-31" };
  const list = await takeRecordDate(step, parties, issue, date);
  step.check(
    `the coupon's list of ${day}: each bondholder once, with all units`,
    [list.items.length, byPerson(list.items).length, sumOf(list.items)],
    [scenario.holders.length, scenario.holders.length, BigInt(scenario.units)],
  );
}

/** At maturity every holding is redeemed in full; what stood the day before can be read for ever. */
export async function redeemBond(
  step: Step,
  parties: Parties,
  { issue, scenario }: Bond,
  certificate: string,
): Promise<void> {
  const { issuer, trustee, operator } = parties.as;
  await moveClock(step, operator, `${scenario.maturity}T10:00:00+09:00`);
  const change = { kind: "REDEMPTION" as const, reason: "満期償還", paidOn: scenario.maturity };
  const asked = { params: { id: issue.id }, body: change, key: "demo:bond:redeem" };
  const { id } = (await issuer.call("proposeChange", asked)).body as { id: string };
  const approval = { params: { id }, body: {}, key: "demo:bond:redeem:approve" };
  const { operationId } = (await trustee.call("approveChange", approval)).body;
  const { state } = await trustee.waitForOperation(operationId);
  step.check("the trustee approves the redemption in full", state, "entered");
  const after = await readRegister(trustee, issue.id);
  step.check("no bondholder is left", [after.rows.length, after.totals?.units], [0, "0"]);
  const eve = new Date(Date.parse(scenario.maturity) - 86_400_000).toISOString().slice(0, 10);
  const before = await readRegister(trustee, issue.id, eve);
  step.check(`as of ${eve} all stand as they stood`, sumOf(before.rows), BigInt(scenario.units));
  const { body } = await trustee.call("verifyCertificate", { params: { number: certificate } });
  step.check("the certificate of before is superseded", body.state, "SUPERSEDED");
}
