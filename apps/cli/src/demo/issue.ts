import type { WireAnswer } from "@genbo/api-schema/wire";
import type { Scenario } from "./fixture.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";
import { type Draft, draftOf } from "./terms.ts";

export interface DemoIssue {
  id: string;
  token: string;
}

/** Drafted by the issuer, approved by the trustee, its token deployed; `name` makes a repeat the same issue. */
export async function activate(
  step: Step,
  parties: Parties,
  name: string,
  body: Draft,
): Promise<DemoIssue & { issue: WireAnswer<"getIssue"> }> {
  const draft = await parties.as.issuer.call("draftIssue", { body, key: `demo:${name}:draft` });
  const { id } = draft.body;
  step.say(`the issuer drafted ${body.symbol} as ${id}`);
  const approval = await parties.as.trustee.call("approveIssue", {
    params: { id },
    body: {},
    key: `demo:${name}:approve`,
  });
  const operation = await parties.as.trustee.waitForOperation(approval.body.operationId);
  step.check("the trustee's approval is entered", operation.state, "entered");
  const { body: issue } = await parties.as.trustee.call("getIssue", { params: { id } });
  if (issue.token === null) throw new Error("The issue has no token.");
  return { id, token: issue.token, issue };
}

/** The real-estate trust of 2021. */
export async function draftAndApprove(step: Step, parties: Parties, scenario: Scenario): Promise<DemoIssue> {
  const { id, token, issue } = await activate(step, parties, "issue", draftOf(scenario, parties.ids.trustee));
  checkIssue(step, issue, scenario);
  step.say(`token ${token}, deployed in block ${issue.deployedBlock}, code ${issue.codeHash}`);
  return { id, token };
}

function checkIssue(step: Step, issue: WireAnswer<"getIssue">, scenario: Scenario): void {
  const { totalYen, totalUnits, minUnits, lot, certificateless, state } = issue;
  step.check(
    "the issue has the fixture's figures",
    { totalYen, totalUnits, minUnits, lot, certificateless, state },
    {
      totalYen: String(scenario.issue_total),
      totalUnits: String(scenario.units),
      minUnits: String(scenario.min_units),
      lot: String(scenario.lot),
      certificateless: true,
      state: "active",
    },
  );
  step.check("maker is not checker", issue.checker !== null && issue.maker !== issue.checker, true);
  const { token, codeHash, deployedBlock } = issue;
  step.check(
    "token, code hash and block stand on the issue",
    [token, codeHash, deployedBlock].includes(null),
    false,
  );
}
