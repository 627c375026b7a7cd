import type { WireRequest } from "@genbo/api-schema/wire";
import type { Accounts } from "./accounts.ts";
import type { ChainView } from "./chain-view.ts";
import { moveClock } from "./clock.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import { openDesk, papers } from "./legal-acts.ts";
import type { Parties } from "./parties.ts";
import { byPerson, type Holding, holdingsOf, readRecordDateList, sumOf } from "./reads.ts";
import type { Step } from "./steps.ts";

/** A record date of the trust, against the fixture; its list by its day. */
export async function distribute(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  { record_date, rows, payment }: Scenario["distribution_1"],
  chain: ChainView,
): Promise<Record<string, Holding[]>> {
  // The fixture's note says which weekday it was. The deed fixes the end of each period and the payment a month later.
  const [day = ""] = record_date.split(" ");
  const date = { day, purpose: "収益分配", exerciseUntil: payment, deedClauseRef: "信託契約" };
  const { items } = await takeRecordDate(step, parties, issue, date);
  const list = byPerson(items);
  step.check(`record date ${day}, 24:00 JST: the fixture's list`, list, holdingsOf(rows, accounts));
  step.check("its units are the contract's totalSupply", sumOf(items), await chain.supply(issue.token));
  return { [day]: list };
}

/** General succession: each heir's units are an entry of their own, and keep the date of acquisition. */
export async function inherit(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  { inheritance: { entry_date: day, deceased, heirs }, dates }: Scenario,
): Promise<void> {
  await moveClock(step, parties.as.operator, `${day}T10:00:00+09:00`);
  const rows = Object.entries(heirs).map(([id, units]) => ({
    account: accounts.get(id)!.address,
    units: String(units),
  }));
  await openDesk(step, parties, issue).enter(
    "succession",
    `${deceased} has died: the heirs take ${Object.values(heirs).join(" and ")} (rules 21(2))`,
    {
      kind: "SUCCESSION",
      facts: { account: accounts.get(deceased)!.address, diedOn: "2022-02-14", heirs: rows },
      documents: papers("FAMILY_REGISTER", "DIVISION_AGREEMENT"),
    },
  );
  const query = { asOf: day, limit: "1000" };
  const { body } = await parties.as.trustee.call("readRegister", { params: { id: issue.id }, query });
  const lots = rows.map(({ account }) => body.items.find((row) => row.account === account)?.lots);
  const kept = rows.map(({ units }) => [{ acquiredOn: dates.payment, units }]);
  step.check("with the date of acquisition kept", lots, kept);
}

/** Sets a record date, moves the clock past 24:00 JST of its day and reads the list that was frozen then. */
export async function takeRecordDate(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  body: NonNullable<WireRequest<"setRecordDate">["body"]>,
) {
  const { body: set } = await parties.as.trustee.call("setRecordDate", {
    params: { id: issue.id },
    body,
    key: `demo:record-date:${body.day}`,
  });
  await moveClock(step, parties.as.operator, new Date(Date.parse(set.closesAt) + 1_000).toISOString());
  const until = Date.now() + 30_000;
  for (;;) {
    const { body } = await parties.as.trustee.call("listRecordDates", { params: { id: issue.id } });
    if (body.items.some(({ id, list }) => id === set.id && list !== null)) break;
    if (Date.now() > until) throw new Error("The record-date list was not frozen.");
    step.progress("waiting for the first block after 24:00 JST");
    await new Promise((done) => setTimeout(done, 100));
  }
  return readRecordDateList(parties.as.trustee, set.id);
}
