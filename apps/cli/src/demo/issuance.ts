import type { WireRequest } from "@genbo/api-schema/wire";
import type { Accounts } from "./accounts.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import { allEntries } from "./reads.ts";
import type { Step } from "./steps.ts";

type Rows = NonNullable<WireRequest<"issueUnits">["body"]>["rows"];

/** Units to many accounts in one request, each row an entry. */
export async function issueRows(
  step: Step,
  parties: Parties,
  { id }: DemoIssue,
  name: string,
  rows: Rows,
): Promise<void> {
  const { issuer } = parties.as;
  const accepted = await issuer.call("issueUnits", {
    params: { id },
    body: { rows },
    key: `demo:${name}:issuance`,
  });
  step.progress(`${rows.length} rows accepted as ${accepted.body.operationId}`);
  const { state, rowsEntered, rowsRefused } = await issuer.waitForOperation(accepted.body.operationId);
  step.check("every row is entered", [state, rowsEntered, rowsRefused], ["entered", rows.length, 0]);
}

/** All units of the trust to all its holders. */
export async function issueUnits(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  scenario: Scenario,
): Promise<void> {
  const rows = scenario.holders_at_issue.map(({ id, units }) => ({
    to: accounts.get(id)!.address,
    units: String(units),
    acquiredOn: scenario.dates.payment,
  }));
  await issueRows(step, parties, issue, "issue", rows);
  const entries = await allEntries(parties.as.trustee, issue.id);
  const initial = entries.filter(({ basis }) => basis === "INITIAL");
  step.check("244 entries with legal basis INITIAL(186)", initial.length, scenario.holder_count_at_issue);
  const acquired = new Set(initial.map(({ acquiredOn }) => acquiredOn));
  step.check("each acquired on the payment day", [...acquired], [scenario.dates.payment]);
}
