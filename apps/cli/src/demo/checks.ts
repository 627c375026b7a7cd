import type { Accounts } from "./accounts.ts";
import type { ChainView } from "./chain-view.ts";
import type { Scenario } from "./fixture.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import {
  type Allotted,
  allEntries,
  byPerson,
  type Holding,
  headOf,
  holdingsOf,
  type RegisterRead,
  readRegister,
  sumOf,
} from "./reads.ts";
import type { Step } from "./steps.ts";

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

/** The register as of four instants, against the fixture and against the chain. */
export async function readAndProve(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  scenario: Scenario,
  chain: ChainView,
): Promise<Findings> {
  const trustee = parties.as.trustee;
  const holdings = (of: Allotted) => holdingsOf(of, accounts);
  const atIssue = holdings(scenario.holders_at_issue);
  const afterSale = holdings(scenario.distribution_1.rows);
  const afterInheritance = holdings(scenario.distribution_2.rows);

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
  await compare(
    dayBefore(scenario.inheritance.entry_date),
    dayBefore(scenario.inheritance.entry_date),
    afterSale,
  );
  const now = await compare("now", undefined, afterInheritance);

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

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
