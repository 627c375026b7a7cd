import type { Accounts } from "./accounts.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import { allEntries } from "./reads.ts";
import type { Step } from "./steps.ts";

/** Step 3: all units to all holders in one request. */
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
  const accepted = await parties.as.issuer.call("issueUnits", {
    params: { id: issue.id },
    body: { rows },
    key: "demo:issuance",
  });
  step.progress(`${rows.length} rows accepted as ${accepted.body.operationId}`);
  const operation = await parties.as.issuer.waitForOperation(accepted.body.operationId);
  const expected = ["entered", scenario.holder_count_at_issue, 0];
  step.check(
    "every row is entered",
    [operation.state, operation.rowsEntered, operation.rowsRefused],
    expected,
  );
  const entries = await allEntries(parties.as.trustee, issue.id);
  const initial = entries.filter(({ basis }) => basis === "INITIAL");
  step.check("244 entries with legal basis INITIAL(186)", initial.length, scenario.holder_count_at_issue);
  const acquired = new Set(initial.map(({ acquiredOn }) => acquiredOn));
  step.check("each acquired on the payment day", [...acquired], [scenario.dates.payment]);
}
