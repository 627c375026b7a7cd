import type { WireRequest } from "@genbo/api-schema/wire";
import type { Client } from "@genbo/cli/client";
import { demoBegins } from "@genbo/cli/demo/run";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ActiveIssue, activeIssue } from "../support/active-issue.ts";
import { codesOf, openLegalDesk, papers } from "../support/legal-desk.ts";
import { stackFolder } from "../support/stack-folder.ts";

const { dataDir, remove } = stackFolder("issue-changes");
let stack: Stack;
let issue: ActiveIssue;

beforeAll(async () => {
  stack = await startStack({ dataDir, genesisTime: demoBegins });
  issue = await activeIssue(stack, 3, 100);
  const rows = issue.accounts.map((to) => ({ to, units: "10" }));
  const { issuer } = issue.parties.as;
  const { body } = await issuer.call("issueUnits", { params: { id: issue.id }, body: { rows } });
  await issuer.waitForOperation(body.operationId);
}, 240_000);

afterAll(async () => {
  issue?.chain.close();
  await stack?.stop();
  remove();
});

type Body = NonNullable<WireRequest<"proposeChange">["body"]>;

/** Proposes, and waits where that goes to the chain. @returns the change's id */
async function propose(by: Client, body: Body): Promise<string> {
  const { body: answer } = await by.call("proposeChange", { params: { id: issue.id }, body });
  if ("id" in answer) return answer.id;
  expect((await by.waitForOperation(answer.operationId)).state).toBe("entered");
  return answer.changeId!;
}

async function approve(id: string) {
  const { trusteeSecond } = issue.parties.as;
  const { body } = await trusteeSecond.call("approveChange", { params: { id }, body: {} });
  const operation = await trusteeSecond.waitForOperation(body.operationId);
  const { body: read } = await trusteeSecond.call("getChange", { params: { id } });
  return { operation, change: read };
}

const present = async () =>
  (await issue.parties.as.issuer.call("getIssue", { params: { id: issue.id } })).body;
const lines = async () =>
  (await issue.parties.as.trustee.call("listEntries", { params: { id: issue.id }, query: { limit: "1000" } }))
    .body.items;

test("units are split three for two: every account and lot, with what is pledged, once and for all [TA 197(3)] [TA 204(2)]", async () => {
  const { issuer, trustee, trusteeSecond, operator } = issue.parties.as;
  const [pledgor, , buyer] = issue.accounts as [string, string, string];
  const desk = openLegalDesk(issue.id, trustee, trusteeSecond);
  const facts = { account: pledgor, units: "5", pledgee: buyer };
  const pledge = await desk.enter({ kind: "PLEDGE", facts, documents: papers("PLEDGE_AGREEMENT") });
  const ratio = { kind: "RATIO" as const, reason: "受益権の分割", numerator: 3, denominator: 2 };
  const id = await propose(issuer, ratio);
  const { body } = await issuer.call("getChange", { params: { id } });
  await operator.call("moveClock", { body: { to: body.executableAt! } });
  const { operation, change } = await approve(id);
  expect([operation.state, change.state]).toEqual(["entered", "approved"]);
  const { body: carrying } = await trustee.call("carryChange", { params: { id }, body: {} });
  expect(await trustee.waitForOperation(carrying.operationId)).toMatchObject({
    state: "entered",
    rowsRefused: 0,
  });
  const { body: done } = await trustee.call("getChange", { params: { id } });
  expect([done.state, done.code]).toEqual(["entered", null]);
  const { body: register } = await trustee.call("readRegister", { params: { id: issue.id }, query: {} });
  expect(register.items.map(({ units, free }) => [units, free]).sort()).toEqual([
    ["15", "15"],
    ["15", "15"],
    ["15", "8"],
  ]);
  const { body: holds } = await trustee.call("listHolds", { params: { id: issue.id }, query: {} });
  // Half of a unit fell away from the pledge of five: floor(7.5).
  expect(holds.items.map(({ units }) => units)).toEqual(["7"]);
  // The pledgee stands in the register on the split units, by name and address.
  const { body: book } = await trustee.call("printRegister", {
    params: { id: issue.id },
    query: { purpose: "分割後の質権の確認" },
  });
  const named = (account: string) => book.holders.find((holder) => holder.account === account)!;
  const { name, address } = named(buyer);
  expect(named(pledgor).pledges).toMatchObject([{ account: buyer, name, address, units: "7" }]);
  const ratios = (await lines()).filter(({ kind }) => kind === "RATIO").map(({ units }) => units);
  expect([ratios[0], ratios.at(-1), ratios.length]).toEqual(["30", "45", 6]);
  expect(ratios.slice(1, -1).sort()).toEqual(["15", "15", "15", "7"]);
  expect(await issue.chain.supply(issue.token)).toBe(45n);
  expect((await present()).register).toMatchObject({
    units: "45",
    head: await issue.chain.head(issue.token),
  });
  const released = { holdId: pledge.ref };
  await desk.enter({ kind: "PLEDGE_RELEASE", facts: released, documents: papers("PLEDGEE_CONSENT") });
});

test("an entry of before the split is corrected in units of then, by a line in units of now [TA 186(iv)] [TA 197(3)]", async () => {
  const { trustee, trusteeSecond } = issue.parties.as;
  const [, wrong, right] = issue.accounts as [string, string, string];
  const desk = openLegalDesk(issue.id, trustee, trusteeSecond);
  const issued = (await lines()).find(({ kind, to }) => kind === "ISSUE" && to === wrong)!;
  const corrects = Number(issued.seq);
  const documents = [...papers("ERROR_REPORT"), ...papers("HOLDER_CONSENT")];
  const wrongly = { corrects, to: right, units: "7" };
  expect(await codesOf(desk.file({ kind: "UNITS_RECTIFICATION", facts: wrongly, documents }))).toEqual([
    "SUPPLY_STANDS",
  ]);
  const facts = { corrects, to: right, units: "10" };
  await desk.enter({ kind: "UNITS_RECTIFICATION", facts, documents });
  const [line] = (await lines()).slice(-1);
  expect([line!.kind, line!.units, line!.corrects]).toEqual(["FORCED_TRANSFER", "15", corrects]);
  const units = async (query: object) => {
    const { body } = await trustee.call("readRegister", { params: { id: issue.id }, query: { ...query } });
    return [wrong, right].map((account) => body.items.find((row) => row.account === account)?.units ?? "0");
  };
  const issues = (await lines()).filter(({ kind }) => kind === "ISSUE");
  const before = `entry:${issues.at(-1)!.seq}`;
  expect(await units({ asOf: before })).toEqual(["10", "10"]);
  expect(await units({ asOf: before, knownAt: "latest" })).toEqual(["0", "20"]);
  expect(await units({})).toEqual(["0", "30"]);
  await desk.enter({
    kind: "DATES_RECTIFICATION",
    facts: { corrects: issues.find(({ to }) => to === right)!.seq, acquiredOn: "2021-07-01" },
    documents: papers("ERROR_REPORT"),
  });
  const { body } = await trustee.call("readRegister", { params: { id: issue.id }, query: {} });
  const lots = body.items.find(({ account }) => account === right)!.lots;
  expect(lots.map((lot) => [lot.acquiredOn === "2021-07-01", lot.units])).toEqual([
    [true, "15"],
    [false, "15"],
  ]);
  expect((await present()).register?.head).toBe(await issue.chain.head(issue.token));
});

test("units are redeemed in part and then all of them, and leave the register as they leave the chain", async () => {
  const { issuer } = issue.parties.as;
  const [account] = issue.accounts as [string];
  const paidOn = "2021-07-09";
  const part = { from: account, units: "4" };
  const id = await propose(issuer, { kind: "REDEMPTION", reason: "一部償還", paidOn, rows: [part] });
  const { operation, change } = await approve(id);
  expect([operation.state, change.state]).toEqual(["entered", "entered"]);
  const entry = (await lines()).at(-1)!;
  expect(entry).toMatchObject({
    kind: "REDEEM",
    basis: "REDEMPTION",
    units: "4",
    settlementDate: paidOn,
    maker: "staff:issuer-1",
    checker: "staff:trustee-2",
  });
  expect((await present()).register?.units).toBe("41");
  await approve(await propose(issuer, { kind: "REDEMPTION", reason: "全部償還", paidOn }));
  expect((await present()).register).toMatchObject({ units: "0", holders: 0 });
  expect(await issue.chain.supply(issue.token)).toBe(0n);
});

test("a policy is in force a day after the issuer asked for it, by the trustee's approval", async () => {
  const { issuer, operator } = issue.parties.as;
  const policy = { approvalRequired: false, acceptanceRequired: false };
  const id = await propose(issuer, { kind: "POLICY", reason: "流通の見直し", policy, lot: "2" });
  const { body } = await issuer.call("getChange", { params: { id } });
  const from = Date.parse(body.executableAt!);
  await operator.call("moveClock", { body: { to: new Date(from).toISOString() } });
  expect((await approve(id)).change).toMatchObject({ state: "entered", code: null });
  expect((await present()).policy).toMatchObject({ approvalRequired: false, acceptanceRequired: false });
});

test("an issue stops at once, and goes on when two persons say so", async () => {
  const { trustee } = issue.parties.as;
  await propose(trustee, { kind: "PAUSE", reason: "障害" });
  expect((await present()).policy.paused).toBe(true);
  const { change } = await approve(await propose(trustee, { kind: "RESUME", reason: "復旧" }));
  expect(change.state).toBe("entered");
  expect((await present()).policy.paused).toBe(false);
});

test("documents and terms stand in the register by their hashes", async () => {
  const { issuer, trustee } = issue.parties.as;
  const name = "deed.pdf";
  const sha256 = "ab".repeat(32);
  const uri = "https://example.jp/deed.pdf";
  await approve(await propose(issuer, { kind: "DOCUMENT", reason: "公表", name, uri, sha256 }));
  await approve(await propose(trustee, { kind: "TERMS", reason: "信託変更", sha256: "cd".repeat(32) }));
  await approve(await propose(issuer, { kind: "DOCUMENT_REMOVAL", reason: "失効", name }));
  const again = await approve(await propose(issuer, { kind: "DOCUMENT_REMOVAL", reason: "重複", name }));
  expect(again.change).toMatchObject({ state: "refused", code: "DOCUMENT_UNKNOWN" });
  const changes = (await lines()).slice(-3).map(({ kind, data }) => [kind, data.slice(2, 6)]);
  expect(changes).toEqual([
    ["TERMS", "abab"],
    ["TERMS", "cdcd"],
    ["TERMS", "0000"],
  ]);
  expect((await present()).register?.head).toBe(await issue.chain.head(issue.token));
});
