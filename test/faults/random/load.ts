import type { OperationId } from "@genbo/api-schema/routes";
import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import { ApiProblem, type Client, type Reply, type Request } from "@genbo/cli/client";
import type { Random } from "@genbo/cli/demo/random";
import type { World } from "./world.ts";

type Operation = WireAnswer<"getOperation">;
type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;

/** What a run has asked for, as whoever asked heard of it. */
export interface LoadResult {
  /** Every operation that was accepted, as it ended. */
  operations: Operation[];
  /** Transfers, cases and changes that were asked for, by id. */
  subjects: string[];
  /** Requests that the API refused: by code. */
  refused: string[];
  /** Requests that had to be sent again, as their first answer was lost. */
  repeated: number;
}

const today = "2021-10-11";
const papers = (kind: NewCase["documents"][number]["kind"]): NewCase["documents"] => [
  { kind, name: `${kind}.pdf`, sha256: "c0".repeat(32) },
];

/** One load on its way. */
interface Load extends LoadResult {
  world: World;
  random: Random;
}

/**
 * One mixed load: issues, transfers that are requested and then accepted and approved, rejected or cancelled, others that
 * want no consent, alone and as a file, pledges that come and go, units that are redeemed. Every write has a key of its
 * own, under which the client sends it again until it is answered.
 */
export async function runLoad(world: World, random: Random, name: string): Promise<LoadResult> {
  const load: Load = { world, random, operations: [], subjects: [], refused: [], repeated: 0 };
  const jobs = [
    issuance(load, name, 1),
    issuance(load, name, 2),
    ...[1, 2, 3, 4, 5, 6].map((n) => transfer(load, `${name}:${n}`)),
    pledge(load, name),
    redemption(load, name),
    directTransfer(load, name),
    directTransfers(load, name),
  ];
  await Promise.all(jobs.map((job) => job.catch((error: unknown) => keepRefusal(load, error))));
  return load;
}

/**
 * A rule may say no, as units are moved by all at once: too few are free by then. Any other failure ends the run; so
 * does STATE_CONFLICT, as nobody else decides about what a job has asked for, only its own request that came twice.
 */
function keepRefusal({ refused }: Load, error: unknown): void {
  if (!(error instanceof ApiProblem) || !rules.has(error.problem.code)) throw error;
  refused.push(error.problem.code);
}

const rules = new Set(["TRANSFER_REFUSED", "CASE_REFUSED", "ROWS_INVALID"]);

/** One write, of which what it has begun is noted. */
async function ask<Id extends OperationId>(
  load: Load,
  client: Client,
  id: Id,
  request: Request<Id>,
): Promise<Reply<Id>["body"]> {
  const { body, hit } = await client.call(id, request);
  if (hit) load.repeated += 1;
  return body;
}

/** Waits for the end of an operation. */
async function ended({ operations }: Load, client: Client, operationId: string): Promise<Operation> {
  const operation = await client.waitForOperation(operationId);
  operations.push(operation);
  return operation;
}

async function issuance(load: Load, name: string, n: number): Promise<void> {
  const { world, random } = load;
  const { issue } = world;
  const rows = Array.from({ length: 5 + random.int(40) }, () => ({
    to: random.pick(issue.accounts),
    units: String(1 + random.int(9)),
  }));
  const client = issue.parties.as.issuer;
  const request = { params: { id: issue.id }, body: { rows }, key: `${name}:issue:${n}` };
  const { operationId } = await ask(load, client, "issueUnits", request);
  await ended(load, client, operationId);
}

/** The two halves of a joint request and its admission, by three persons; or its end by one of them. */
async function transfer(load: Load, name: string): Promise<void> {
  const { world, random } = load;
  const { SBI, SBIDesk, trustee } = world.issue.parties.as;
  const steps = random.pick([
    ["acceptTransfer", "approveTransfer"],
    ["acceptTransfer", "approveTransfer"],
    ["acceptTransfer", "rejectTransfer"],
    ["cancelTransfer"],
  ] as const);
  const body = order(load, world.issue.id);
  const asked = await ask(load, SBI, "requestTransfer", { body, key: `${name}:request` });
  const id = asked.transferId!;
  load.subjects.push(id);
  let last = await ended(load, SBI, asked.operationId);
  const clients = {
    acceptTransfer: SBIDesk,
    approveTransfer: trustee,
    rejectTransfer: trustee,
    cancelTransfer: SBI,
  };
  for (const step of steps) {
    if (last.state !== "entered") break;
    const reason = step === "rejectTransfer" ? { reason: "見本" } : {};
    const request = { params: { id }, body: reason, key: `${name}:${step}` };
    const { operationId } = await ask(load, clients[step], step, request);
    last = await ended(load, clients[step], operationId);
  }
}

function order({ world, random }: Load, issueId: string) {
  const { accounts } = world.issue;
  const from = random.pick(accounts);
  const to = random.pick(accounts.filter((account) => account !== from));
  const units = String(1 + random.int(3));
  return { issueId, from, to, units, tradeDate: today, settlementDate: today };
}

async function directTransfer(load: Load, name: string): Promise<void> {
  const { direct, issue } = load.world;
  const { SBI } = issue.parties.as;
  const request = { body: order(load, direct.id), key: `${name}:direct` };
  const { operationId, transferId } = await ask(load, SBI, "requestTransfer", request);
  load.subjects.push(transferId!);
  await ended(load, SBI, operationId);
}

async function directTransfers(load: Load, name: string): Promise<void> {
  const { world, random } = load;
  const { SBI } = world.issue.parties.as;
  const rows = Array.from({ length: 5 + random.int(40) }, () => order(load, world.direct.id));
  const request = { body: { rows }, key: `${name}:file` };
  const { operationId, transferIds } = await ask(load, SBI, "requestTransfers", request);
  load.subjects.push(...transferIds!);
  await ended(load, SBI, operationId);
}

/** Asked for by the issuer, approved by the trustee. */
async function redemption(load: Load, name: string): Promise<void> {
  const { world, random } = load;
  const { id, accounts, parties } = world.issue;
  const { issuer, trustee } = parties.as;
  const rows = [{ from: random.pick(accounts), units: "1" }];
  const body = { kind: "REDEMPTION" as const, reason: "一部償還", paidOn: today, rows };
  const request = { params: { id }, body, key: `${name}:redeem` };
  const asked = await ask(load, issuer, "proposeChange", request);
  if (!("id" in asked)) throw new Error("A redemption waits for its approval.");
  load.subjects.push(asked.id);
  const approve = { params: { id: asked.id }, body: {}, key: `${name}:redeem:approve` };
  const { operationId } = await ask(load, trustee, "approveChange", approve);
  await ended(load, trustee, operationId);
}

async function pledge(load: Load, name: string): Promise<void> {
  const { world, random } = load;
  const { accounts } = world.issue;
  const account = random.pick(accounts);
  const pledgee = random.pick(accounts.filter((each) => each !== account));
  const set = await act(load, `${name}:pledge`, {
    kind: "PLEDGE",
    facts: { account, pledgee, units: "1" },
    documents: papers("PLEDGE_AGREEMENT"),
  });
  if (set.operation.state !== "entered") return;
  await act(load, `${name}:release`, {
    kind: "PLEDGE_RELEASE",
    facts: { holdId: set.ref },
    documents: papers("PLEDGEE_CONSENT"),
  });
}

/** A legal act: filed by a broker, approved by the trustee. */
async function act(load: Load, key: string, body: NewCase): Promise<{ ref: string; operation: Operation }> {
  const { id: issueId, parties } = load.world.issue;
  const { SBI, trustee } = parties.as;
  const file = { params: { id: issueId }, body, key: `${key}:file` };
  const { id, ref } = await ask(load, SBI, "fileCase", file);
  load.subjects.push(id);
  const approve = { params: { id }, body: {}, key: `${key}:approve` };
  const { operationId } = await ask(load, trustee, "approveCase", approve);
  return { ref, operation: await ended(load, trustee, operationId) };
}
