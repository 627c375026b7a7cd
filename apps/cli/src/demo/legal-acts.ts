import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import type { Client } from "../client.ts";
import type { Accounts } from "./accounts.ts";
import { moveClock } from "./clock.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";

type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;
type DocumentKind = NewCase["documents"][number]["kind"];

export interface Desk {
  /** Files a case, has a second person of the trustee approve it, and checks that it is entered. */
  enter(name: string, what: string, body: NewCase, by?: Client): Promise<WireAnswer<"getCase">>;
  /** Holds as of a day, as `KIND units waiting`. */
  holds(asOf: string): Promise<string[]>;
  /** Marks of an account as the register of a day is printed, as `ARTICLE units`. */
  marks(account: string, asOf: string): Promise<string[]>;
}

/** The fixture's pledge and attachment, a wallet lost under the attachment, the end of both, a mark. */
export async function legalActs(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  { pledge, attachment }: Scenario,
): Promise<void> {
  const desk = openDesk(step, parties, issue);
  const of = (id: string) => accounts.get(id)!.address;
  const clock = (day: string) => moveClock(step, parties.as.operator, `${day}T10:00:00+09:00`);

  await clock(pledge.date);
  const pledged = { account: of(pledge.pledgor), units: String(pledge.units), pledgee: of(pledge.pledgee) };
  const pledging: NewCase = { kind: "PLEDGE", facts: pledged, documents: papers("PLEDGE_AGREEMENT") };
  const { ref: pledgeId } = await desk.enter(
    "pledge",
    "INV-B's pledge is entered (200(2))",
    pledging,
    parties.as.SBI,
  );
  const held = [`PLEDGE ${pledge.units} 0`];
  step.check("it stands in the register from that day", await desk.holds(pledge.date), held);

  const served = attachment.served_on_trustee;
  await clock(served);
  const order: NewCase = {
    kind: "ATTACHMENT",
    facts: {
      account: of(attachment.debtor),
      units: String(attachment.units),
      form: "ATTACHMENT",
      authority: "東京地方裁判所",
      caseNumber: "令和3年(ル)第1号(見本)",
      servedAt: `${served}T09:30:00+09:00`,
    },
    documents: papers("ATTACHMENT_ORDER"),
  };
  const attached = await desk.enter("attachment", "the attachment on INV-C is entered", order);
  const due = attached.deadlines.map((deadline) => deadline.due);
  step.check("its statement is due two weeks later, New Year aside", due, [
    attachment.third_party_statement_due.slice(0, 10),
  ]);

  const { investorId, address: lost } = accounts.get(attachment.debtor)!;
  const replacement = `0x${"c0".repeat(20)}`;
  const body = { investorId, address: replacement };
  const { body: wallet } = await parties.as.NOMURA.call("registerWallet", { body, key: "demo:legal:wallet" });
  if (wallet.operationId !== null) await parties.as.NOMURA.waitForOperation(wallet.operationId);
  const loss: NewCase = { kind: "RECOVERY", facts: { lost, replacement }, documents: papers("LOSS_REPORT") };
  await desk.enter(
    "recovery",
    "INV-C's lost wallet is recovered, the attachment with it",
    loss,
    parties.as.NOMURA,
  );
  const both = [`ATTACHMENT ${attachment.units} 0`, ...held];
  step.check("both holds stand that day", await desk.holds(served), both);

  await clock("2022-01-20");
  await desk.enter("attachment-release", "the court lifts the attachment", {
    kind: "ATTACHMENT_RELEASE",
    facts: { holdId: attached.ref, ground: "ORDER_CANCELLED" },
    documents: papers("RELEASE_ORDER"),
  });
  await desk.enter("pledge-release", "the pledgee releases the pledge", {
    kind: "PLEDGE_RELEASE",
    facts: { holdId: pledgeId },
    documents: papers("PLEDGEE_CONSENT"),
  });
  step.check("no hold is left", await desk.holds("2022-01-20"), []);

  const own = of("BRK-SBI");
  await desk.enter("trust-mark", "units of another trust are marked as its property (206)", {
    kind: "TRUST_PROPERTY_MARK",
    facts: { account: own, units: "1", trust: "見本投資信託" },
    documents: papers("TRUST_PROPERTY_REQUEST"),
  });
  step.check("the printed register says so", await desk.marks(own, "2022-01-20"), ["TA 206 1"]);
}

export function openDesk(step: Step, parties: Parties, issue: DemoIssue): Desk {
  const { trustee, trusteeSecond } = parties.as;
  return {
    enter: async (name, what, body, by = trustee) => {
      const filing = { params: { id: issue.id }, body, key: `demo:legal:${name}:file` };
      const { id } = (await by.call("fileCase", filing)).body;
      const approval = { params: { id }, body: {}, key: `demo:legal:${name}:approve` };
      const { operationId } = (await trusteeSecond.call("approveCase", approval)).body;
      await trusteeSecond.waitForOperation(operationId);
      const { body: read } = await trustee.call("getCase", { params: { id } });
      step.check(what, read.state, "entered");
      return read;
    },
    holds: async (asOf) => {
      const { body } = await trustee.call("listHolds", { params: { id: issue.id }, query: { asOf } });
      return body.items.map(({ kind, units, waiting }) => `${kind} ${units} ${waiting}`).sort();
    },
    marks: async (account, asOf) => {
      const query = { asOf, purpose: "demo", limit: "1000" };
      const { body } = await trustee.call("printRegister", { params: { id: issue.id }, query });
      const holder = body.holders.find((each) => each.account === account);
      return holder?.marks.map(({ basisArticle, units }) => `${basisArticle} ${units}`) ?? [];
    },
  };
}

/** Documents by their hash; the demo keeps none. */
export const papers = (...kinds: DocumentKind[]): NewCase["documents"] =>
  kinds.map((kind) => ({ kind, name: `${kind}.pdf`, sha256: "0".repeat(64) }));
