import type { WireAnswer } from "@genbo/api-schema/wire";
import type { Client } from "../client.ts";
import { bankCsv } from "./bank-csv.ts";
import { type Customer, investorRow } from "./customer.ts";
import type { BrokerCode } from "./fixture.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";

export interface Account {
  investorId: string;
  personId: string;
  address: string;
}
/** By the broker's customer number: the id of the allotment. */
export type Accounts = ReadonlyMap<string, Account>;

/**
 * Registers a broker's customers and an account for each; the files are sent twice to show that nothing doubles.
 * `name` tells one file of the broker from its next.
 */
export async function registerCustomers(
  step: Step,
  parties: Parties,
  broker: BrokerCode,
  customers: readonly Customer[],
  name: string = broker,
): Promise<Accounts> {
  const client = parties.as[broker];
  // One broker's system speaks JSON, the other exports files as banks do.
  const form = broker === "NOMURA" ? "CSV" : "JSON";
  const file = form === "CSV" ? { csv: bankCsv(customers) } : { body: { rows: customers.map(investorRow) } };
  const send = async (time: string) =>
    (await client.call("registerInvestors", { ...file, key: `demo:investors:${name}:${time}` })).body;
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
  const wallets = await registerWallets(step, client, { broker, name }, customers);
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
  { broker, name }: { broker: BrokerCode; name: string },
  customers: readonly Customer[],
): Promise<Map<string, string>> {
  const body = { rows: customers.map(({ person }) => ({ externalId: person.id })) };
  const send = async (time: string) =>
    (await client.call("registerWallets", { body, key: `demo:wallets:${name}:${time}` })).body;
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
