import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import type { Client } from "../client.ts";
import { bankCsv } from "./bank-csv.ts";
import type { BrokerCode } from "./fixture.ts";
import type { Parties } from "./parties.ts";
import type { DemoPerson } from "./people.ts";
import type { Step } from "./steps.ts";

type InvestorRow = NonNullable<WireRequest<"registerInvestors">["body"]>["rows"][number];

export interface Account {
  investorId: string;
  personId: string;
  address: string;
}
/** By the broker's customer number: the id of the allotment. */
export type Accounts = ReadonlyMap<string, Account>;

/** A customer to register, and until when its identity check holds. */
export interface Customer {
  person: DemoPerson;
  classes: InvestorRow["classes"];
  validUntil: string;
}

export const isoCountries: Readonly<Record<string, number>> = { JP: 392, SG: 702 };

/** A customer as the API takes it in JSON. */
export function investorRow({ person, classes, validUntil }: Customer): InvestorRow {
  return {
    externalId: person.id,
    classes,
    country: isoCountries[person.address.country]!,
    taxCategory: person.tax,
    validUntil,
    particulars: {
      kind: person.kind,
      name: { ...person.name },
      address: { ...person.address },
      bornOn: person.bornOn,
    },
  };
}

/** Registers a broker's customers and an account for each; the files are sent twice to show that nothing doubles. */
export async function registerCustomers(
  step: Step,
  parties: Parties,
  broker: BrokerCode,
  customers: readonly Customer[],
): Promise<Accounts> {
  const client = parties.as[broker];
  // One broker's system speaks JSON, the other exports files as banks do.
  const form = broker === "NOMURA" ? "CSV" : "JSON";
  const file = form === "CSV" ? { csv: bankCsv(customers) } : { body: { rows: customers.map(investorRow) } };
  const send = async (time: string) =>
    (await client.call("registerInvestors", { ...file, key: `demo:investors:${broker}:${time}` })).body;
  const first = await send("first");
  step.check(
    `${broker}: ${customers.length} customers registered from ${form}`,
    first.items.length,
    customers.length,
  );
  const again = await send("again");
  step.check(
    `${broker}: the same ${form} again changes nothing`,
    [again.created, again.conflicts.length],
    [0, 0],
  );
  const wallets = await registerWallets(step, client, broker, customers);
  const personIds = await personIdsOf(client);
  return new Map(
    first.items.map(({ id, externalId }) => {
      const address = wallets.get(externalId);
      const personId = personIds.get(externalId);
      if (address === undefined || personId === undefined) throw new Error(`${externalId} has no account.`);
      return [externalId, { investorId: id, personId, address }];
    }),
  );
}

async function registerWallets(
  step: Step,
  client: Client,
  broker: BrokerCode,
  customers: readonly Customer[],
): Promise<Map<string, string>> {
  const body = { rows: customers.map(({ person }) => ({ externalId: person.id })) };
  const send = async (time: string) =>
    (await client.call("registerWallets", { body, key: `demo:wallets:${broker}:${time}` })).body;
  const first = await send("first");
  step.progress(`${broker}: ${first.rows} accounts on their way into the holder registry`);
  if (first.operationId !== null) {
    const { state, rowsEntered } = await client.waitForOperation(first.operationId);
    step.check(
      `${broker}: its accounts stand in the holder registry`,
      [state, rowsEntered],
      ["entered", first.created],
    );
  }
  const again = await send("again");
  step.check(
    `${broker}: the same accounts again change nothing`,
    [again.created, again.operationId],
    [0, null],
  );
  return new Map(first.items.map(({ externalId, address }) => [externalId, address]));
}

/** Random ids that stand for the persons everywhere outside the vault. */
async function personIdsOf(client: Client): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page: WireAnswer<"listInvestors"> = (
      await client.call("listInvestors", {
        query: { limit: "500", ...(cursor === undefined ? {} : { cursor }) },
      })
    ).body;
    for (const { externalId, personId } of page.items) found.set(externalId, personId);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}
