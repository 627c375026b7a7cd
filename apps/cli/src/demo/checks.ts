import type { Accounts } from "./accounts.ts";
import type { ChainView } from "./chain-view.ts";
import { moveClock } from "./clock.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import {
  allEntries,
  headOf,
  type RegisterRead,
  type RegisterRow,
  readRecordDateList,
  readRegister,
} from "./reads.ts";
import type { Step } from "./steps.ts";

export interface Holding {
  personId: string;
  units: number;
}

export interface Findings {
  /** Holdings by the day as of which they were read; `now` is the present. */
  register: Record<string, Holding[]>;
  now: RegisterRead;
  holders: number;
  units: number;
  entries: number;
  head: string;
  headOnChain: string;
  supplyOnChain: number;
}

type Allotted = readonly { id: string; units: number }[];

/** Step 6: the register as of three instants and the record date, against the fixture and against the chain. */
export async function readAndProve(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  scenario: Scenario,
  chain: ChainView,
): Promise<Findings> {
  const trustee = parties.as.trustee;
  const holdings = (of: Allotted) =>
    sorted(of.map(({ id, units }) => ({ personId: accounts.get(id)!.personId, units })));
  const atIssue = holdings(scenario.holders_at_issue);
  const afterSale = holdings(scenario.distribution_1.rows);
  const recordDay = scenario.distribution_1.record_date;
  const list = await takeRecordDate(step, parties, issue, scenario.distribution_1);

  const register: Record<string, Holding[]> = {};
  const compare = async (
    name: string,
    asOf: string | undefined,
    expected: Holding[],
  ): Promise<RegisterRead> => {
    const read = await readRegister(trustee, issue.id, asOf);
    register[name] = byPerson(read.rows);
    step.check(
      `register as of ${name}: ${expected.length} holders as in the fixture`,
      register[name],
      expected,
    );
    const supply = await chain.supply(issue.token, asOf === undefined ? undefined : read.asOf.block);
    step.check(`its units are the contract's totalSupply`, sumOf(read.rows), supply);
    return read;
  };
  await compare(scenario.dates.payment, scenario.dates.payment, atIssue);
  await compare(dayBefore(scenario.otc_trade.settle), dayBefore(scenario.otc_trade.settle), atIssue);
  const now = await compare("now", undefined, afterSale);
  register[recordDay] = byPerson(list.items);
  step.check(`record date ${recordDay}, 24:00 JST: the fixture's list`, register[recordDay], afterSale);
  step.check("its units are the contract's totalSupply", sumOf(list.items), await chain.supply(issue.token));

  const entries = await allEntries(trustee, issue.id);
  const numbered = entries.every(({ seq }, at) => seq === at + 1);
  step.check(`${entries.length} entries, numbered without a gap`, numbered, true);
  const head = headOf(entries);
  const headOnChain = await chain.head(issue.token);
  step.check("the head recomputed from the register is the contract's", head, headOnChain);
  const { body } = await parties.as.operator.call("status");
  step.check("no break is open, no lane stands still", [body.openBreaks, body.stoppedLanes], [[], []]);
  return {
    register,
    now,
    holders: register.now!.length,
    units: Number(sumOf(now.rows)),
    entries: entries.length,
    head,
    headOnChain,
    supplyOnChain: Number(await chain.supply(issue.token)),
  };
}

async function takeRecordDate(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  { record_date: day, payment }: Scenario["distribution_1"],
) {
  const { body: set } = await parties.as.trustee.call("setRecordDate", {
    params: { id: issue.id },
    // The deed fixes the end of each period and the distribution of the month after it.
    body: { day, purpose: "第1期収益分配", exerciseUntil: payment, deedClauseRef: "信託契約" },
    key: `demo:record-date:${day}`,
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

const sumOf = (rows: readonly RegisterRow[]) => rows.reduce((sum, { units }) => sum + BigInt(units), 0n);

/** Holdings of persons: a person's accounts together, in the order of their ids. */
function byPerson(rows: readonly RegisterRow[]): Holding[] {
  const units = new Map<string, number>();
  for (const row of rows) units.set(row.personId, (units.get(row.personId) ?? 0) + Number(row.units));
  return sorted([...units].map(([personId, held]) => ({ personId, units: held })));
}

const sorted = (holdings: Holding[]) => holdings.sort((a, b) => (a.personId < b.personId ? -1 : 1));

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
