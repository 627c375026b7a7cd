import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import type { Accounts } from "./accounts.ts";
import { moveClock } from "./clock.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import { allEntries } from "./reads.ts";
import type { Step } from "./steps.ts";

export type Order = NonNullable<WireRequest<"requestTransfer">["body"]>;

/** A sale to the broker's own account, traded on one day and settled two business days later. */
export async function sellToBroker(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  scenario: Scenario,
): Promise<void> {
  const { trade, settle, seller, buyer, units } = scenario.otc_trade;
  const order: Order = {
    issueId: issue.id,
    from: accounts.get(seller)!.address,
    to: accounts.get(buyer)!.address,
    units: String(units),
    tradeDate: trade,
    settlementDate: settle,
  };
  await moveClock(step, parties.as.operator, `${trade}T10:00:00+09:00`);
  await precheck(step, parties, order);
  const transferId = await requestSale(step, parties, "trade", order);
  await decide(step, parties, "trade", transferId, "acceptTransfer");
  await moveClock(step, parties.as.operator, `${settle}T10:00:00+09:00`);
  await decide(step, parties, "trade", transferId, "approveTransfer");
  const { body: transfer } = await parties.as.trustee.call("getTransfer", { params: { id: transferId } });
  step.check("the transfer is entered", transfer.state, "entered");
  const entries = await allEntries(parties.as.trustee, issue.id);
  checkEntry(step, entries, transfer, scenario);
}

async function precheck(step: Step, parties: Parties, { issueId, from, to, units }: Order): Promise<void> {
  const client = parties.as.SBI;
  const known = await client.call("listTransfers", { query: { issueId } });
  const { body } = await client.call("precheckTransfer", { body: { issueId, from, to, units } });
  // Units that a run before has sold cannot be sold once more, and the pre-check must know that too.
  const expected = known.body.items.length > 0 ? ["INSUFFICIENT_UNITS"] : [];
  const failing = body.failing.map(({ code }) => code);
  step.check("the pre-check names every rule that stands against it", failing, expected);
  step.check("and what it needs", body.needs, ["acceptance", "approval"]);
}

/** The request of the seller's broker, one half of the joint request. */
export async function requestSale(step: Step, parties: Parties, name: string, order: Order): Promise<string> {
  const client = parties.as.SBI;
  const { body } = await client.call("requestTransfer", { body: order, key: `demo:${name}:request` });
  if (body.transferId === undefined) throw new Error("The request has no transfer id.");
  const { state } = await client.waitForOperation(body.operationId);
  step.check("the request of the seller's broker holds the units", state, "entered");
  return body.transferId;
}

/** Acceptance by the buyer's broker, the other half of the joint request, or its admission by the trustee. */
export async function decide(
  step: Step,
  parties: Parties,
  name: string,
  id: string,
  decision: "acceptTransfer" | "approveTransfer",
): Promise<void> {
  const client = decision === "acceptTransfer" ? parties.as.SBIDesk : parties.as.trustee;
  const key = `demo:${name}:${decision}`;
  const { body } = await client.call(decision, { params: { id }, body: {}, key });
  const { state } = await client.waitForOperation(body.operationId);
  const what = decision === "acceptTransfer" ? "the buyer's broker accepts" : "the trustee approves";
  step.check(what, state, "entered");
}

function checkEntry(
  step: Step,
  entries: WireAnswer<"listEntries">["items"],
  transfer: WireAnswer<"getTransfer">,
  { otc_trade }: Scenario,
): void {
  const entry = entries.find(({ kind, holdId }) => kind === "HOLD_EXECUTED" && holdId === transfer.ref);
  if (entry === undefined) throw new Error("The transfer has no entry.");
  const { basis, units, tradeDate, acquiredOn, settlementDate } = entry;
  const { trade, settle } = otc_trade;
  step.check(
    "entered on joint request (198), with its dates kept apart",
    { basis, units, tradeDate, acquiredOn, settlementDate },
    {
      basis: "JOINT_REQUEST",
      units: String(otc_trade.units),
      tradeDate: trade,
      acquiredOn: settle,
      settlementDate: settle,
    },
  );
  const perfectedAt = Date.parse(entry.perfectedAt ?? "");
  const settlement = Date.parse(`${settle}T00:00:00+09:00`);
  step.check("perfected on the settlement day, by the trustee's approval", perfectedAt >= settlement, true);
}
