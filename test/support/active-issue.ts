import { readFileSync } from "node:fs";
import { type ChainView, openChainView } from "@genbo/cli/demo/chain-view";
import { investorRow } from "@genbo/cli/demo/customer";
import { readScenario } from "@genbo/cli/demo/fixture";
import { openKeyStore } from "@genbo/cli/demo/keys";
import { admitParties, type Parties } from "@genbo/cli/demo/parties";
import { makePeople } from "@genbo/cli/demo/people";
import { draftOf } from "@genbo/cli/demo/terms";
import type { Stack } from "@genbo/cli/supervisor";

/** An issue that is on its token. */
export interface OpenedIssue {
  id: string;
  token: string;
}

export interface ActiveIssue extends OpenedIssue {
  parties: Parties;
  chain: ChainView;
  /** Registered accounts of as many customers. */
  accounts: string[];
}

/** A machine that runs many tests at once may need a minute to bring a killed database back. */
const patienceMs = 120_000;

const quietStep = { say: () => undefined, progress: () => undefined, check: () => undefined };

/** An active issue with registered accounts that have no units yet, all made through the API. */
export async function activeIssue(stack: Stack, customers: number, totalUnits: number): Promise<ActiveIssue> {
  const operatorSecret = readFileSync(stack.folder.operatorKeyFile, "utf8").trim();
  const options = { url: stack.urls.api, operatorSecret, patienceMs };
  const parties = await admitParties(quietStep, options, openKeyStore(stack.folder.root));
  const opened = await openIssue(parties, totalUnits);
  const accounts = await registerMany(parties, customers);
  return { ...opened, parties, chain: openChainView(stack.urls.chain), accounts };
}

/** @param policy of which transfers want whose consent; that of the demo's terms when left out */
export async function openIssue(
  parties: Parties,
  totalUnits: number,
  policy?: { acceptanceRequired: boolean; approvalRequired: boolean },
): Promise<OpenedIssue> {
  const draft = {
    ...draftOf(readScenario(), parties.ids.trustee),
    totalUnits: String(totalUnits),
    minUnits: "1",
    ...(policy && { policy }),
  };
  const { body: drafted } = await parties.as.issuer.call("draftIssue", { body: draft });
  const approval = await parties.as.trustee.call("approveIssue", { params: { id: drafted.id }, body: {} });
  await parties.as.trustee.waitForOperation(approval.body.operationId);
  const { body: issue } = await parties.as.trustee.call("getIssue", { params: { id: drafted.id } });
  if (issue.token === null) throw new Error("The issue has no token.");
  return { id: drafted.id, token: issue.token };
}

async function registerMany(parties: Parties, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, at) => `C-${String(at).padStart(5, "0")}`);
  const people = makePeople(
    ids.map((id) => ({ id, broker: "SBI", tax: "RESIDENT_INDIVIDUAL" })),
    "many",
  );
  const customer = { classes: ["RETAIL" as const], validUntil: "2030-01-01T00:00:00Z" };
  const rows = people.map((person) => investorRow({ person, ...customer }));
  await parties.as.SBI.call("registerInvestors", { body: { rows } });
  const { body } = await parties.as.SBI.call("registerWallets", {
    body: { rows: ids.map((externalId) => ({ externalId })) },
  });
  if (body.operationId === null) throw new Error("No account was new.");
  const { state } = await parties.as.SBI.waitForOperation(body.operationId);
  if (state !== "entered") throw new Error(`The accounts are ${state}.`);
  return body.items.map(({ address }) => address);
}
