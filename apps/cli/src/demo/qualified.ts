import { registerCustomers } from "./accounts.ts";
import { moveClock } from "./clock.ts";
import type { Customer } from "./customer.ts";
import { checkedUntil } from "./customers.ts";
import type { Scenario } from "./fixture.ts";
import { issueRows } from "./issuance.ts";
import { activate, type DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import { makePeople } from "./people.ts";
import { readRegister } from "./reads.ts";
import { attemptAll, type Refusal, today } from "./refusals.ts";
import type { Step } from "./steps.ts";
import { cardDraftOf } from "./terms.ts";
import { decide, requestSale } from "./trade.ts";

export interface Qualified {
  issue: DemoIssue;
  /** Units of each fund, most first. */
  units: string[];
  refusals: Refusal[];
}

const day = "2022-08-02";

/** A trust of card receivables: qualified institutions buy and sell it among themselves, and nobody else gets it. */
export async function sellAmongInstitutions(
  step: Step,
  parties: Parties,
  scenario: Scenario,
  retail: string,
): Promise<Qualified> {
  await moveClock(step, parties.as.operator, `${day}T10:00:00+09:00`);
  const issue = await activate(step, parties, "card", cardDraftOf(scenario, parties.ids.trustee));
  const accounts = await registerCustomers(step, parties, "SBI", funds(), "card");
  const [first, second] = ["FUND-1", "FUND-2"].map((id) => accounts.get(id)!.address) as [string, string];
  await issueRows(step, parties, issue, "card", [{ to: first, units: "1000" }]);
  const order = { issueId: issue.id, from: first, tradeDate: day, settlementDate: day };
  const transfer = await requestSale(step, parties, "card", { ...order, to: second, units: "400" });
  await decide(step, parties, "card", transfer, "acceptTransfer");
  await decide(step, parties, "card", transfer, "approveTransfer");

  const late = await today(parties);
  const sale = { ...order, tradeDate: late, settlementDate: late, to: retail, units: "1" };
  const refusals = await attemptAll(step, [
    {
      case: "what is for qualified institutions sold to a retail investor",
      expected: { status: 422, codes: ["RECEIVER_CLASS"] },
      act: () => parties.as.SBI.call("requestTransfer", { body: sale }),
    },
  ]);
  const { rows } = await readRegister(parties.as.trustee, issue.id);
  const units = rows.map((row) => row.units).sort((a, b) => Number(b) - Number(a));
  step.check("two funds hold it, and nobody else", units, ["600", "400"]);
  const { body } = await parties.as.NOMURA.call("readRegister", { params: { id: issue.id }, query: {} });
  step.check("a broker with no customer in it sees none of its holders", body.items, []);
  return { issue, units, refusals };
}

const funds = (): Customer[] =>
  makePeople(
    ["FUND-1", "FUND-2"].map((id) => ({ id, broker: "SBI", tax: "DOMESTIC_CORPORATION" })),
    "card-qii",
  ).map((person) => ({ person, classes: ["QII", "CORPORATE"], validUntil: checkedUntil }));
