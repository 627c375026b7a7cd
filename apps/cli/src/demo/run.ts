import { type Accounts, registerCustomers } from "./accounts.ts";
import { openChainView } from "./chain-view.ts";
import { type Findings, readAndProve } from "./checks.ts";
import { moveClock } from "./clock.ts";
import { customersOf } from "./customers.ts";
import { readScenario } from "./fixture.ts";
import { issueUnits } from "./issuance.ts";
import { draftAndApprove } from "./issue.ts";
import { openKeyStore } from "./keys.ts";
import { legalActs } from "./legal-acts.ts";
import { admitParties } from "./parties.ts";
import { proveToStranger } from "./prove.ts";
import type { Holding } from "./reads.ts";
import { recordDates } from "./record-dates.ts";
import { type Refusal, refuse } from "./refusals.ts";
import { type Settled, settleTrades } from "./settlements.ts";
import { nextSteps, showRegister } from "./show.ts";
import type { Screen, StepReport, Steps } from "./steps.ts";
import { sellToBroker } from "./trade.ts";

/** A running platform of the local profile. */
export interface Platform {
  url: string;
  rpcUrl: string;
  /** The API key of the operator, who admits parties and moves the sandbox clock. */
  operatorSecret: string;
  /** Where the demo keeps its own API keys. */
  dataDir: string;
  /** What the reader types to bring this platform up again. */
  startCommand: string;
}

export type DemoResult = Omit<Findings, "now"> & {
  /** The lists of the record dates by their days. */
  lists: Record<string, Holding[]>;
  refusals: Refusal[];
  settlements: Settled[];
} & StepReport;

/** When the demo's clock starts: the morning of the day on which the real issue was filed. */
export const demoBegins = new Date("2021-07-09T09:00:00+09:00");

/** The main job from end to end, each step by the party that makes it. Run again on the same data: the same result. */
export async function runDemo(steps: Steps, screen: Screen, platform: Platform): Promise<DemoResult> {
  const scenario = readScenario();
  const keys = openKeyStore(platform.dataDir);
  const chain = openChainView(platform.rpcUrl);
  try {
    const parties = await steps.step("parties", "The operator admits issuer, trustee and brokers", (step) =>
      admitParties(step, { url: platform.url, operatorSecret: platform.operatorSecret }, keys),
    );
    const issue = await steps.step(
      "issue",
      "The issuer drafts, the trustee approves, the token is deployed",
      (step) => draftAndApprove(step, parties, scenario),
    );
    const accounts = await steps.step(
      "investors",
      "Two brokers register 244 investors and their accounts",
      async (step) => {
        const customers = customersOf(scenario);
        step.say("with them the account of a broker itself, and a customer whose identity check will lapse");
        const both = [
          await registerCustomers(step, parties, "SBI", customers.SBI),
          await registerCustomers(step, parties, "NOMURA", customers.NOMURA),
        ];
        return new Map(both.flatMap((each) => [...each])) as Accounts;
      },
    );
    await steps.step(
      "issuance",
      "The issuer issues 1,453 units to 244 holders in one request",
      async (step) => {
        await moveClock(step, parties.as.operator, `${scenario.dates.payment}T10:00:00+09:00`);
        await issueUnits(step, parties, issue, accounts, scenario);
      },
    );
    await steps.step("trade", "INV-A sells 2 units to its broker, settled two business days later", (step) =>
      sellToBroker(step, parties, issue, accounts, scenario),
    );
    const refusals = await steps.step(
      "refusals",
      "What must not happen is refused, and nothing changes",
      (step) => refuse(step, parties, issue, accounts, scenario, chain),
    );
    await steps.step(
      "legal acts",
      "A pledge, an attachment, a lost wallet; each by two persons of the trustee",
      (step) => legalActs(step, parties, issue, accounts, scenario),
    );
    const settlements = await steps.step(
      "settlement",
      "Units against money: all legs move or none, and after the deadline each side has its own again",
      (step) => settleTrades(step, parties, issue, accounts, chain),
    );
    const lists = await steps.step(
      "record dates",
      "Two record dates, the second on a Sunday, and an inheritance between them",
      (step) => recordDates(step, parties, issue, accounts, scenario, chain),
    );
    const found = await steps.step(
      "reads",
      "The register as of then and now, and its proof against the chain",
      (step) => readAndProve(step, parties, issue, accounts, scenario, chain),
    );
    await steps.step("proof", "An auditor recomputes the register from its export and a node alone", (step) =>
      proveToStranger(step, parties, issue, platform),
    );
    await steps.step("show", "The register", () => showRegister(screen, parties, issue, found));
    nextSteps(screen, platform.startCommand, parties.secrets.trustee, issue.id);
    const { now: _, ...findings } = found;
    return { ...findings, lists, refusals, settlements, ...steps.report };
  } finally {
    chain.close();
  }
}
