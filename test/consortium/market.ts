import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeLog, type EntryEvent, topics } from "@genbo/chain/events";
import type { Rpc } from "@genbo/chain/rpc";
import type { Client } from "@genbo/cli/client";
import { investorRow } from "@genbo/cli/demo/customer";
import { readScenario } from "@genbo/cli/demo/fixture";
import { openKeyStore } from "@genbo/cli/demo/keys";
import { admitParties, type Parties } from "@genbo/cli/demo/parties";
import { makePeople } from "@genbo/cli/demo/people";
import { readRegister } from "@genbo/cli/demo/reads";
import { draftOf } from "@genbo/cli/demo/terms";
import type { Server } from "@genbo/cli/server";
import { isoOfDay, jstDay } from "@genbo/domain/jst";

export interface Market {
  parties: Parties;
  issueId: string;
  token: string;
  /** Accounts of one broker's customers, each with `unitsEach`. */
  accounts: string[];
}

const unitsEach = 1_000n;
const quietStep = { say: () => undefined, progress: () => undefined, check: () => undefined };

/** Parties, customers with units, and an issue whose transfers need no consent: all through the API. */
export async function openMarket(
  server: Pick<Server, "urls" | "folder">,
  customers: number,
): Promise<Market> {
  const operatorSecret = readFileSync(server.folder.operatorKeyFile, "utf8").trim();
  const options = { url: server.urls.api, operatorSecret };
  const parties = await admitParties(quietStep, options, openKeyStore(server.folder.root));
  const draft = {
    ...draftOf(readScenario(), parties.ids.trustee),
    totalUnits: String(unitsEach * BigInt(customers)),
    minUnits: "1",
    policy: { acceptanceRequired: false, approvalRequired: false },
  };
  const { body: drafted } = await parties.as.issuer.call("draftIssue", { body: draft });
  const params = { id: drafted.id };
  const approval = await parties.as.trustee.call("approveIssue", { params, body: {} });
  await entered(parties.as.trustee, approval.body.operationId);
  const accounts = await registerMany(parties.as.SBI, customers);
  const rows = accounts.map((to) => ({ to, units: String(unitsEach) }));
  const issuance = await parties.as.issuer.call("issueUnits", { params, body: { rows } });
  await entered(parties.as.issuer, issuance.body.operationId);
  const { body: issue } = await parties.as.trustee.call("getIssue", { params });
  if (issue.token === null) throw new Error("The issue has no token.");
  return { parties, issueId: drafted.id, token: issue.token, accounts };
}

async function registerMany(broker: Client, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, at) => `C-${String(at).padStart(5, "0")}`);
  const people = makePeople(
    ids.map((id) => ({ id, broker: "SBI", tax: "RESIDENT_INDIVIDUAL" })),
    "consortium",
  );
  const customer = { classes: ["RETAIL" as const], validUntil: "2090-01-01T00:00:00Z" };
  const rows = people.map((person) => investorRow({ person, ...customer }));
  await broker.call("registerInvestors", { body: { rows } });
  const wallets = { rows: ids.map((externalId) => ({ externalId })) };
  const { body } = await broker.call("registerWallets", { body: wallets });
  if (body.operationId === null) throw new Error("No account was new.");
  await entered(broker, body.operationId);
  return body.items.map(({ address }) => address);
}

async function entered(client: Client, operationId: string): Promise<void> {
  const { state, code } = await client.waitForOperation(operationId);
  if (state !== "entered") throw new Error(`Operation ${operationId} is ${state}: ${code}.`);
}

/** A broker that requests transfers one by one, each accepted with 202 or the stream throws. */
export interface Trading {
  readonly accepted: number;
  /** Stops and gives the operations in order. */
  stop(): Promise<string[]>;
}

export function startTrading({ parties, issueId, accounts }: Market, perSecond: number): Trading {
  const operations: string[] = [];
  const today = isoOfDay(jstDay(new Date()));
  let stopped = false;
  const trade = async () => {
    for (let made = 0; !stopped; made += 1) {
      const from = accounts[made % accounts.length] as string;
      const to = accounts[(made + 1) % accounts.length] as string;
      const body = { issueId, from, to, units: "1", tradeDate: today, settlementDate: today };
      const { body: answer } = await parties.as.SBI.call("requestTransfer", { body });
      operations.push(answer.operationId);
      await sleep(1000 / perSecond);
    }
  };
  const trading = trade();
  trading.catch(() => undefined);
  return {
    get accepted() {
      return operations.length;
    },
    stop: async () => {
      stopped = true;
      await trading;
      return operations;
    },
  };
}

/** Every entry of a token as a node tells it, in order, with nothing of the platform between. */
export async function entriesOnChain(rpc: Rpc, token: string): Promise<EntryEvent[]> {
  const filter = { address: token, topics: [topics.entry], fromBlock: "0x0", toBlock: "latest" };
  const logs = await rpc.call<{ topics: string[]; data: string }[]>("eth_getLogs", filter);
  return logs.map((log) => decodeLog({ ...log, address: token, index: 0 }) as EntryEvent);
}

/** Units by account, counted from the entries alone; accounts without any are left out. */
export function holdingsOf(entries: readonly EntryEvent[]): Map<string, bigint> {
  const holdings = new Map<string, bigint>();
  const add = (account: string, units: bigint) => {
    if (BigInt(account) !== 0n) holdings.set(account, (holdings.get(account) ?? 0n) + units);
  };
  for (const { from, to, units } of entries) {
    add(from, -units);
    add(to, units);
  }
  return new Map([...holdings].filter(([, units]) => units > 0n));
}

/** The register's own answer to the same question. */
export async function holdingsInRegister({ parties, issueId }: Market): Promise<Map<string, bigint>> {
  const { rows } = await readRegister(parties.as.trustee, issueId);
  return new Map(rows.map((row) => [row.account.toLowerCase(), BigInt(row.units)]));
}
