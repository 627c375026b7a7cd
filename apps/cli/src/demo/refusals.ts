import { createHash } from "node:crypto";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { ApiProblem } from "../client.ts";
import type { Accounts } from "./accounts.ts";
import type { ChainView } from "./chain-view.ts";
import { lapsedCustomer } from "./customers.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";
import { draftOf } from "./terms.ts";

export interface Refusal {
  case: string;
  status: number;
  codes: string[];
}

export interface Attempt {
  case: string;
  /** What a right answer looks like. */
  expected: { status: number; codes: string[] };
  act: () => Promise<unknown>;
}

/** What must not happen does not, each answer names every rule, and neither head moves. */
export async function refuse(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  scenario: Scenario,
  chain: ChainView,
): Promise<Refusal[]> {
  const heads = async () => {
    const { body } = await parties.as.trustee.call("getIssue", { params: { id: issue.id } });
    return { register: body.register, chain: await chain.head(issue.token) };
  };
  const attempts = [
    ...transfersRefused(parties, issue, accounts, scenario, await today(parties)),
    await selfApproval(parties, scenario),
  ];
  const before = await heads();
  const refusals = await attemptAll(step, attempts);
  step.check("nothing changed: register and chain have the heads they had", await heads(), before);
  return refusals;
}

/** Makes each attempt and checks that it is refused for the reasons expected. */
export async function attemptAll(step: Step, attempts: readonly Attempt[]): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  for (const attempt of attempts) {
    const { status, codes } = await outcomeOf(attempt.act);
    step.check(`${attempt.case}: ${attempt.expected.codes.join(", ")}`, { status, codes }, attempt.expected);
    refusals.push({ case: attempt.case, status, codes });
  }
  return refusals;
}

async function outcomeOf(act: () => Promise<unknown>): Promise<{ status: number; codes: string[] }> {
  try {
    await act();
    return { status: 202, codes: [] };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const failing = error.problem.failing?.map(({ code }) => code) ?? [];
    return { status: error.status, codes: failing.length > 0 ? failing : [error.problem.code] };
  }
}

function transfersRefused(
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  { otc_trade, dates }: Scenario,
  day: string,
): Attempt[] {
  const order = { issueId: issue.id, tradeDate: day, settlementDate: day };
  const of = (id: string) => accounts.get(id)!.address;
  const nobody = `0x${createHash("sha256").update("an account that nobody registered").digest("hex").slice(0, 40)}`;
  const attempt = (
    name: string,
    codes: string[],
    broker: "SBI" | "NOMURA",
    from: string,
    to: string,
    units: number,
    lotAcquiredOn?: string,
  ): Attempt => ({
    case: name,
    expected: { status: 422, codes },
    act: () =>
      parties.as[broker].call("requestTransfer", {
        body: { ...order, from, to, units: String(units), ...(lotAcquiredOn ? { lotAcquiredOn } : {}) },
        key: `demo:refusal:${name.replaceAll(" ", "-")}`,
      }),
  });
  const lapsed = of(lapsedCustomer.id);
  const bank = of(otc_trade.buyer);
  return [
    attempt("unregistered wallet", ["RECEIVER_NOT_REGISTERED"], "SBI", of("INV-B"), nobody, 1),
    attempt("lapsed identity check", ["RECEIVER_CHECK_LAPSED"], "SBI", of("INV-B"), lapsed, 1),
    attempt("more units than are free", ["INSUFFICIENT_UNITS"], "SBI", of("INV-B"), of("INV-N"), 6),
    attempt(
      "two rules at once",
      ["INSUFFICIENT_UNITS", "RECEIVER_CHECK_LAPSED"],
      "SBI",
      of("INV-B"),
      lapsed,
      6,
    ),
    attempt("wrong broker", ["NOT_CUSTODIAN"], "NOMURA", of("INV-B"), of("INV-0002"), 1),
    // The broker bought on the settlement day: it has no units that were acquired at issue.
    attempt("closed lot", ["LOT_CLOSED"], "SBI", bank, of("INV-B"), otc_trade.units, dates.payment),
  ];
}

/** A second run comes months later by the sandbox clock; a request of long ago would be refused for its age too. */
export async function today(parties: Parties): Promise<string> {
  const { body } = await parties.as.operator.call("status");
  return isoOfDay(jstDay(new Date(body.time)));
}

/** The person who drafted an issue approves it with a key that the trustee gave to the same person. */
async function selfApproval(parties: Parties, scenario: Scenario): Promise<Attempt> {
  const draft = await parties.as.issuer.call("draftIssue", {
    body: { ...draftOf(scenario, parties.ids.trustee), symbol: "JINNAN-DRAFT" },
    key: "demo:refusal:draft",
  });
  return {
    case: "maker approves his own request",
    expected: { status: 403, codes: ["MAKER_IS_CHECKER"] },
    act: () =>
      parties.as.issuerAtTrustee.call("approveIssue", {
        params: { id: draft.body.id },
        body: {},
        key: "demo:refusal:approve",
      }),
  };
}
