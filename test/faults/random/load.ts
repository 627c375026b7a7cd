import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import { ApiProblem, type Client } from "@genbo/cli/client";
import type { Random } from "@genbo/cli/demo/random";
import type { World } from "./world.ts";

type Operation = WireAnswer<"getOperation">;
type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;

/** What a run has asked for: every operation that was accepted, as it ended. */
export interface LoadResult {
  operations: Operation[];
  /** Requests that the API refused: by code. */
  refused: string[];
}

const today = "2021-10-11";
const papers = (kind: NewCase["documents"][number]["kind"]): NewCase["documents"] => [
  { kind, name: `${kind}.pdf`, sha256: "c0".repeat(32) },
];

/**
 * One mixed load: issues, transfers that are requested and then accepted and approved, rejected or cancelled, others that
 * want no consent, alone and as a file, pledges that come and go, units that are redeemed. Every write has a key of its
 * own, under which the client sends it again until it is answered.
 */
export async function runLoad(world: World, random: Random, name: string): Promise<LoadResult> {
  const result: LoadResult = { operations: [], refused: [] };
  const jobs = [
    issuance(world, random, name, 1),
    issuance(world, random, name, 2),
    ...[1, 2, 3, 4, 5, 6].map((n) => transfer(world, random, `${name}:${n}`)),
    pledge(world, random, name),
    redemption(world, random, name),
    directTransfer(world, random, name),
    directTransfers(world, random, name),
  ];
  const ends = await Promise.all(jobs.map((job) => job.catch(keepRefusal)));
  for (const end of ends) {
    if (typeof end === "string") result.refused.push(end);
    else result.operations.push(...end);
  }
  return result;
}

/** A rule may say no, as units are moved by all at once. Any other failure ends the run. */
function keepRefusal(error: unknown): string {
  if (error instanceof ApiProblem && error.status < 500 && !error.problem.retryable)
    return error.problem.code;
  throw error;
}

async function issuance(world: World, random: Random, name: string, n: number): Promise<Operation[]> {
  const { issue } = world;
  const rows = Array.from({ length: 5 + random.int(40) }, () => ({
    to: random.pick(issue.accounts),
    units: String(1 + random.int(9)),
  }));
  const client = issue.parties.as.issuer;
  const request = { params: { id: issue.id }, body: { rows }, key: `${name}:issue:${n}` };
  return [await ended(client, (await client.call("issueUnits", request)).body.operationId)];
}

/** The two halves of a joint request and its admission, by three persons; or its end by one of them. */
async function transfer(world: World, random: Random, name: string): Promise<Operation[]> {
  const { SBI, SBIDesk, trustee } = world.issue.parties.as;
  const steps = random.pick([
    ["acceptTransfer", "approveTransfer"],
    ["acceptTransfer", "approveTransfer"],
    ["acceptTransfer", "rejectTransfer"],
    ["cancelTransfer"],
  ] as const);
  const body = order(world, random, world.issue.id);
  const asked = (await SBI.call("requestTransfer", { body, key: `${name}:request` })).body;
  const operations = [await ended(SBI, asked.operationId)];
  const clients = {
    acceptTransfer: SBIDesk,
    approveTransfer: trustee,
    rejectTransfer: trustee,
    cancelTransfer: SBI,
  };
  for (const step of steps) {
    if (operations.at(-1)?.state !== "entered") break;
    const params = { id: asked.transferId! };
    const reason = step === "rejectTransfer" ? { reason: "見本" } : {};
    const { body: answer } = await clients[step].call(step, {
      params,
      body: reason,
      key: `${name}:${step}`,
    });
    operations.push(await ended(clients[step], answer.operationId));
  }
  return operations;
}

function order({ issue: { accounts } }: World, random: Random, issueId: string) {
  const from = random.pick(accounts);
  const to = random.pick(accounts.filter((account) => account !== from));
  const units = String(1 + random.int(3));
  return { issueId, from, to, units, tradeDate: today, settlementDate: today };
}

async function directTransfer(world: World, random: Random, name: string): Promise<Operation[]> {
  const { SBI } = world.issue.parties.as;
  const request = { body: order(world, random, world.direct.id), key: `${name}:direct` };
  return [await ended(SBI, (await SBI.call("requestTransfer", request)).body.operationId)];
}

async function directTransfers(world: World, random: Random, name: string): Promise<Operation[]> {
  const { SBI } = world.issue.parties.as;
  const rows = Array.from({ length: 5 + random.int(40) }, () => order(world, random, world.direct.id));
  const request = { body: { rows }, key: `${name}:file` };
  return [await ended(SBI, (await SBI.call("requestTransfers", request)).body.operationId)];
}

/** Asked for by the issuer, approved by the trustee. */
async function redemption(world: World, random: Random, name: string): Promise<Operation[]> {
  const { id, accounts, parties } = world.issue;
  const { issuer, trustee } = parties.as;
  const rows = [{ from: random.pick(accounts), units: "1" }];
  const body = { kind: "REDEMPTION" as const, reason: "一部償還", paidOn: today, rows };
  const asked = await issuer.call("proposeChange", { params: { id }, body, key: `${name}:redeem` });
  if (!("id" in asked.body)) throw new Error("A redemption waits for its approval.");
  const approve = { params: { id: asked.body.id }, body: {}, key: `${name}:redeem:approve` };
  const { body: approved } = await trustee.call("approveChange", approve);
  return [await ended(trustee, approved.operationId)];
}

async function pledge(world: World, random: Random, name: string): Promise<Operation[]> {
  const { accounts } = world.issue;
  const account = random.pick(accounts);
  const pledgee = random.pick(accounts.filter((each) => each !== account));
  const set = await act(world, `${name}:pledge`, {
    kind: "PLEDGE",
    facts: { account, pledgee, units: "1" },
    documents: papers("PLEDGE_AGREEMENT"),
  });
  if (set.operation.state !== "entered") return [set.operation];
  const release = await act(world, `${name}:release`, {
    kind: "PLEDGE_RELEASE",
    facts: { holdId: set.ref },
    documents: papers("PLEDGEE_CONSENT"),
  });
  return [set.operation, release.operation];
}

/** A legal act: filed by a broker, approved by the trustee. */
async function act(world: World, key: string, body: NewCase): Promise<{ ref: string; operation: Operation }> {
  const { id: issueId, parties } = world.issue;
  const { SBI, trustee } = parties.as;
  const { body: filed } = await SBI.call("fileCase", {
    params: { id: issueId },
    body,
    key: `${key}:file`,
  });
  const approve = { params: { id: filed.id }, body: {}, key: `${key}:approve` };
  const { body: approved } = await trustee.call("approveCase", approve);
  return { ref: filed.ref, operation: await ended(trustee, approved.operationId) };
}

const ended = (client: Client, operationId: string): Promise<Operation> =>
  client.waitForOperation(operationId);
