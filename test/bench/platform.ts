import { readFileSync } from "node:fs";
import { type Client, createClient } from "@genbo/cli/client";
import { createPool, type Pool } from "@genbo/database/sql/connection";
import { isBinaryNamed } from "../consortium/binary.ts";
import { type Ground, startGround } from "./ground.ts";
import { investorRow, termsOf } from "./parties.ts";
import { measurePhase, type Phase, sendInTurns } from "./phase.ts";
import type { Run } from "./run.ts";

/** Brokers of the platform: each has a signer and so a lane of its own. */
const brokersMade = 2;
/** Customers of each broker: twice as many where the wait for the last block counts among the time (`defaultSizes`). */
const customers = isBinaryNamed() ? 4_000 : 2_000;
/** Issuers that issue at once, each an issue of its own: bulk work of two lanes, as that of two brokers is. */
const issuersMade = 2;
/** Units issued to each account: more than any run moves out of one. */
const unitsEach = 1_000_000n;

export interface Broker {
  client: Client;
  /** Of its API key. */
  secret: string;
  /** Its customers' accounts, each with units. */
  accounts: string[];
}

/** A running platform with parties, brokers' customers and an issue whose transfers need no consent. */
export interface Platform {
  stack: Ground;
  /** The database as its owner, for set-up and for counting. */
  owner: Pool;
  trustee: { client: Client; secret: string };
  brokers: Broker[];
  issueId: string;
  /** Of that issue. */
  issuer: Client;
  /** The bulk work of the set-up, measured on the way. */
  phases: { wallets: Phase; issuance: Phase };
}

/** Brings up the real stack and fills it through its API. */
export async function startPlatform(context: Run): Promise<Platform> {
  const stack = await startGround(context);
  const owner = createPool(stack.urls.database.genbo, { max: 4 });
  context.atEnd(() => owner.end());
  const operator = clientOf(stack, readFileSync(stack.folder.operatorKeyFile, "utf8").trim());
  context.say("  Admitting the parties");
  const [trustee, issuers, brokers] = await Promise.all([
    admit(stack, operator, "trustee", "受託者"),
    several(issuersMade, (n) => admit(stack, operator, "issuer", `発行者 ${n}`)),
    several(brokersMade, (n) => admit(stack, operator, "broker", `証券会社 ${n}`)),
  ]);
  const issues: { issuer: Client; id: string }[] = [];
  for (const { client: issuer } of issuers)
    issues.push({ issuer, id: await approvedIssue(issuer, trustee, `BENCH-${issues.length + 1}`) });
  context.say(`  Registering ${brokers.length * customers} investors with wallets`);
  const accounts: string[][] = [];
  const wallets = await measurePhase(owner, "wallets", brokers.length * customers, async () => {
    const made = await Promise.all(brokers.map(({ client }) => registerCustomers(client, 0, customers)));
    accounts.push(...made.map((each) => each.accounts));
    return made.map(({ operationId }) => operationId);
  });
  context.say("  Issuing units to all of them");
  const toIssue = accounts.map((each) => each.map((to) => ({ to, units: String(unitsEach) })));
  const requests = issues.map(({ issuer, id }) =>
    toIssue.map(
      (rows) => async () =>
        (await issuer.call("issueUnits", { params: { id }, body: { rows } })).body.operationId,
    ),
  );
  const issuance = await measurePhase(owner, "issuance", issues.length * toIssue.flat().length, () =>
    sendInTurns(requests),
  );
  return {
    stack,
    owner,
    trustee,
    brokers: brokers.map(({ client, secret }, n) => ({ client, secret, accounts: accounts[n]! })),
    issueId: issues[0]!.id,
    issuer: issues[0]!.issuer,
    phases: { wallets, issuance },
  };
}

interface Admitted {
  partyId: string;
  client: Client;
  secret: string;
}

/** A busy machine takes its time to deploy the contracts. */
const patienceMs = 120_000;
const clientOf = (stack: Ground, secret: string) => createClient({ url: stack.urls.api, secret, patienceMs });

async function admit(
  stack: Ground,
  operator: Client,
  kind: "issuer" | "trustee" | "broker",
  name: string,
): Promise<Admitted> {
  const { body: party } = await operator.call("createParty", { body: { kind, name } });
  if (party.operationId !== null) await entered(operator, party.operationId);
  const { body: key } = await operator.call("createKey", {
    params: { id: party.id },
    body: { subject: `staff:${kind}-${party.id}` },
  });
  if (key.secret === null) throw new Error("A new key came without its secret.");
  return { partyId: party.id, client: clientOf(stack, key.secret), secret: key.secret };
}

const several = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n + 1)));

async function approvedIssue(issuer: Client, trustee: Admitted, symbol: string): Promise<string> {
  const { body: draft } = await issuer.call("draftIssue", { body: termsOf(trustee.partyId, symbol) });
  const params = { id: draft.id };
  const { body } = await trustee.client.call("approveIssue", { params, body: {} });
  await entered(trustee.client, body.operationId);
  return draft.id;
}

async function entered(client: Client, operationId: string): Promise<void> {
  const { state, code } = await client.waitForOperation(operationId);
  if (state !== "entered") throw new Error(`Operation ${operationId} is ${state}: ${code}.`);
}

/** A broker's customers from number `from` on, each with a wallet. */
export async function registerCustomers(
  client: Client,
  from: number,
  count: number,
): Promise<{ accounts: string[]; operationId: string }> {
  const numbers = Array.from({ length: count }, (_, n) => from + n);
  await client.call("registerInvestors", { body: { rows: numbers.map(investorRow) } });
  const rows = numbers.map((n) => ({ externalId: investorRow(n).externalId }));
  const { body } = await client.call("registerWallets", { body: { rows } });
  if (body.operationId === null) throw new Error("The wallets were there already.");
  return { accounts: body.items.map(({ address }) => address), operationId: body.operationId };
}
