import { readFileSync } from "node:fs";
import type { Client } from "@genbo/cli/client";
import { type Account, registerCustomers } from "@genbo/cli/demo/accounts";
import { moveClock } from "@genbo/cli/demo/clock";
import { customersOf } from "@genbo/cli/demo/customers";
import { readScenario, type Scenario } from "@genbo/cli/demo/fixture";
import { issueUnits } from "@genbo/cli/demo/issuance";
import { type DemoIssue, draftAndApprove } from "@genbo/cli/demo/issue";
import { openKeyStore } from "@genbo/cli/demo/keys";
import { admitParties, type Parties } from "@genbo/cli/demo/parties";
import { readRecordDateList } from "@genbo/cli/demo/reads";
import { demoBegins } from "@genbo/cli/demo/run";
import { sellToBroker } from "@genbo/cli/demo/trade";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { dayOfIso, isoOfDay } from "@genbo/domain/jst";
import { endOfMonths } from "@genbo/domain/record-dates";
import { afterAll, expect } from "vitest";
import { assertingStep as step } from "./asserting-step.ts";
import { type LegalDesk, openLegalDesk } from "./legal-desk.ts";
import { stackFolder } from "./stack-folder.ts";

/** The issue of 2021 just after the sale of 2021-10-07. */
export interface AfterSale {
  stack: Stack;
  scenario: Scenario;
  parties: Parties;
  issue: DemoIssue;
  /** By the fixture's names. */
  accounts: Map<string, Account>;
  desk: LegalDesk;
}

/** Each step by the party that makes it. Await it at the top of a file: it ends after the file's last test. */
export async function standAfterSale(name: string): Promise<AfterSale> {
  const { dataDir, remove } = stackFolder(name);
  const stack = await startStack({ dataDir, genesisTime: demoBegins });
  afterAll(async () => {
    await stack.stop();
    remove();
  });
  const operatorSecret = readFileSync(stack.folder.operatorKeyFile, "utf8").trim();
  const parties = await admitParties(step, { url: stack.urls.api, operatorSecret }, openKeyStore(dataDir));
  const scenario = readScenario();
  const issue = await draftAndApprove(step, parties, scenario);
  const customers = customersOf(scenario);
  const accounts = new Map([
    ...(await registerCustomers(step, parties, "SBI", customers.SBI)),
    ...(await registerCustomers(step, parties, "NOMURA", customers.NOMURA)),
  ]);
  await goTo(parties, `${scenario.dates.payment}T10:00:00+09:00`);
  await issueUnits(step, parties, issue, accounts, scenario);
  await sellToBroker(step, parties, issue, accounts, scenario);
  const desk = openLegalDesk(issue.id, parties.as.trustee, parties.as.trusteeSecond);
  return { stack, scenario, parties, issue, accounts, desk };
}

/** The sandbox's time goes on to this instant. */
export const goTo = ({ as }: Parties, iso: string): Promise<void> => moveClock(step, as.operator, iso);

/** A customer of the first broker with an account, kept under this name. */
export async function registerCustomer(
  { parties, accounts }: AfterSale,
  name: string,
  of: "RETAIL" | "ISSUER_TRUSTEE" = "RETAIL",
): Promise<void> {
  const body = {
    externalId: name,
    classes: [of],
    country: 392,
    taxCategory: "RESIDENT_INDIVIDUAL" as const,
    validUntil: "2026-07-31T15:00:00Z",
    particulars: {
      kind: "individual" as const,
      name: { kanji: `見本 ${name}`, kana: "ミホン", romaji: `Mihon ${name}` },
      address: {
        postalCode: "150-0041",
        prefecture: "東京都",
        city: "渋谷区",
        street: "神南(見本)",
        country: "JP",
      },
      bornOn: "1970-01-01",
    },
  };
  const { id, personId } = (await parties.as.SBI.call("registerInvestor", { body })).body;
  const { address } = await openAccount(parties.as.SBI, id);
  accounts.set(name, { investorId: id, personId, address });
}

export async function openAccount(broker: Client, investorId: string, address?: string) {
  const { body } = await broker.call("registerWallet", { body: { investorId, ...(address && { address }) } });
  if (body.operationId !== null) await broker.waitForOperation(body.operationId);
  return body;
}

/** Sets a record date, lets it pass, and reads its list, by the fixture's names. */
export async function recordDateList({ parties, issue, accounts }: AfterSale, day: string) {
  const exerciseUntil = isoOfDay(endOfMonths(dayOfIso(day)!, 1));
  const body = { day, purpose: "収益分配", exerciseUntil, deedClauseRef: "信託契約" };
  const { body: set } = await parties.as.trustee.call("setRecordDate", { params: { id: issue.id }, body });
  expect(set.closesAt).toBe(new Date(Date.parse(`${day}T24:00:00+09:00`)).toISOString());
  await goTo(parties, new Date(Date.parse(set.closesAt) + 1_000).toISOString());
  for (;;) {
    const { body: list } = await parties.as.trustee.call("listRecordDates", { params: { id: issue.id } });
    if (list.items.some(({ id, list: frozen }) => id === set.id && frozen !== null)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  const { items } = await readRecordDateList(parties.as.trustee, set.id);
  const names = new Map([...accounts].map(([name, { personId }]) => [personId, name]));
  return items.map(({ personId, units, taxCategory, accounts: kept }) => ({
    ...{ id: names.get(personId)!, units: Number(units), taxCategory },
    pledged: kept.flatMap(({ pledges }) => pledges.map(({ units: of }) => Number(of))),
    attached: kept.reduce((sum, { attached }) => sum + Number(attached), 0),
  }));
}
export type Listed = Awaited<ReturnType<typeof recordDateList>>[number];

/** An account as the register is printed today. */
export async function printedAccount({ parties, issue }: AfterSale, address: string) {
  const { body } = await parties.as.trustee.call("printRegister", {
    params: { id: issue.id },
    query: { limit: "1000", purpose: "点検" },
  });
  return body.holders.find(({ account: of }) => of === address)!;
}
