import { type Accounts, registerCustomers } from "./accounts.ts";
import { issueBond, redeemBond, takeCoupon } from "./bond.ts";
import { buyIntoOwnWallet } from "./bond-sale.ts";
import { openChainView } from "./chain-view.ts";
import { type Findings, readAndProve } from "./checks.ts";
import { moveClock } from "./clock.ts";
import { customersOf } from "./customers.ts";
import { readBond, readScenario } from "./fixture.ts";
import { issueUnits } from "./issuance.ts";
import { draftAndApprove } from "./issue.ts";
import { openKeyStore } from "./keys.ts";
import { legalActs } from "./legal-acts.ts";
import { admitParties } from "./parties.ts";
import { type Proof, proveToStranger } from "./prove.ts";
import { sellAmongInstitutions } from "./qualified.ts";
import type { Holding } from "./reads.ts";
import { distribute, inherit } from "./record-dates.ts";
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
  /** Of every issue: its export, recomputed by whoever has a node. */
  proofs: Record<string, Proof>;
} & StepReport;

/** When the platform's clock starts: a week before the bond of 2021. */
export const platformBegins = new Date("2021-04-20T09:00:00+09:00");
/** The morning of the day on which the real trust's issue was filed. */
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
    const bond = await steps.step(
      "bond",
      "April 2021: a bond for 127 bondholders, in a register of its own profile",
      (step) => issueBond(step, parties, readBond()),
    );
    const ownWallet = await steps.step(
      "own wallet",
      "A bondholder proves that a wallet's key is his own, and buys into that wallet",
      (step) => buyIntoOwnWallet(step, parties, bond, keys),
    );
    const issue = await steps.step(
      "issue",
      "July 2021: a trust. The issuer drafts, the trustee approves, the token is deployed",
      async (step) => {
        await moveClock(step, parties.as.operator, demoBegins.toISOString());
        return draftAndApprove(step, parties, scenario);
      },
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
    const refused = await steps.step(
      "refusals",
      "What must not happen is refused, and nothing changes",
      (step) => refuse(step, parties, issue, accounts, scenario, chain),
    );
    await steps.step("coupon", "The bond's first coupon: who holds at 24:00 JST of its day", (step) =>
      takeCoupon(step, parties, bond),
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
    const { distribution_1, distribution_2 } = scenario;
    const firstList = await steps.step(
      "record date",
      "A record date of the trust, and an inheritance after it",
      async (step) => {
        const list = await distribute(step, parties, issue, accounts, distribution_1, chain);
        await inherit(step, parties, issue, accounts, scenario);
        return list;
      },
    );
    await steps.step("maturity", "The bond is redeemed in full", (step) =>
      redeemBond(step, parties, bond, ownWallet.certificate),
    );
    const secondList = await steps.step(
      "second record date",
      "A second record date of the trust, on a Sunday",
      (step) => distribute(step, parties, issue, accounts, distribution_2, chain),
    );
    const card = await steps.step(
      "qualified institutions",
      "A trust of card receivables that only qualified institutional investors may hold",
      (step) => sellAmongInstitutions(step, parties, scenario, ownWallet.wallet.address),
    );
    const found = await steps.step(
      "reads",
      "The register as of then and now, and its proof against the chain",
      (step) => readAndProve(step, parties, issue, accounts, scenario, chain),
    );
    const proofs = await steps.step(
      "proof",
      "An auditor recomputes each register from its export and a node alone",
      (step) =>
        proveToStranger(step, parties, { trust: issue, bond: bond.issue, card: card.issue }, platform),
    );
    await steps.step("show", "The register", () => showRegister(screen, parties, issue, found));
    nextSteps(screen, platform.startCommand, parties.secrets.trustee, issue.id);
    const { now: _, ...findings } = found;
    const lists = { ...firstList, ...secondList };
    const refusals = [...ownWallet.refusals, ...refused, ...card.refusals];
    return { ...findings, lists, refusals, settlements, proofs, ...steps.report };
  } finally {
    chain.close();
  }
}
