import { setTimeout as sleep } from "node:timers/promises";
import type { WireAnswer } from "@genbo/api-schema/wire";
import { allEntries, headOf, readRegister } from "@genbo/cli/demo/reads";
import { type ProcessName, type Stack, startStack } from "@genbo/cli/supervisor";
import { createPool } from "@genbo/database/sql/connection";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ActiveIssue, activeIssue } from "../support/active-issue.ts";
import { stackFolder } from "../support/stack-folder.ts";

const rowsEach = 2_000;
const victims: readonly ProcessName[] = ["api", "worker", "indexer", "postgres", "anvil"];
const { dataDir, remove } = stackFolder("kill");
const caseMsMax = 600_000;
let stack: Stack;
let issue: ActiveIssue;

beforeAll(async () => {
  stack = await startStack({ dataDir, genesisTime: new Date("2021-08-11T09:00:00+09:00") });
  issue = await activeIssue(stack, rowsEach, rowsEach * victims.length);
}, caseMsMax);

afterAll(async () => {
  issue?.chain.close();
  await stack?.stop();
  remove();
}, 60_000);

type Operation = WireAnswer<"listOperations">["items"][number];

const latestIssuance = async (): Promise<Operation | undefined> => {
  const query = { kind: "issuance", limit: "1" } as const;
  return (await issue.parties.as.issuer.call("listOperations", { query })).body.items[0];
};

/** Waits until an issuance that is newer than `before` has come so far; long enough for a slow machine. */
async function comesTo(before: string | undefined, far: (operation: Operation) => boolean): Promise<void> {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    const operation = await latestIssuance();
    if (operation !== undefined && operation.id !== before && far(operation)) return;
    await sleep(5);
  }
  throw new Error("The issuance did not come so far.");
}

/** Kills a process while the request is read, when it has been accepted, and when the first rows stand in the register. */
async function killThrice(name: ProcessName, before: string | undefined): Promise<void> {
  const moments = [
    () => sleep(30),
    () => comesTo(before, () => true),
    () => comesTo(before, ({ rowsEntered }) => rowsEntered > 0),
  ];
  for (const moment of moments) {
    await moment();
    await stack.kill(name);
    await stack.ready(name);
  }
}

test.each(victims)(
  "an issuance of 2,000 rows survives kill -9 of the %s at several moments",
  async (victim) => {
    const rows = issue.accounts.map((to) => ({ to, units: "1" }));
    const request = { params: { id: issue.id }, body: { rows }, key: `kill:${victim}` };
    const killing = killThrice(victim, (await latestIssuance())?.id);
    const [accepted] = await Promise.all([issue.parties.as.issuer.call("issueUnits", request), killing]);
    const operation = await issue.parties.as.issuer.waitForOperation(accepted.body.operationId);
    expect([operation.state, operation.rowsEntered, operation.rowsRefused]).toEqual(["entered", rowsEach, 0]);
    const again = await issue.parties.as.issuer.call("issueUnits", request);
    expect(again.hit).toBe(true);
    expect(again.body).toEqual(accepted.body);
  },
  caseMsMax,
);

/** A chain that was killed comes back without its last minute; what had entered enters again from the stored bytes. */
async function settled(): Promise<void> {
  const until = Date.now() + 120_000;
  let quiet = 0;
  while (quiet < 20) {
    const { body } = await issue.parties.as.operator.call("status");
    quiet = body.openOperations === 0 ? quiet + 1 : 0;
    if (Date.now() > until) throw new Error(`${body.openOperations} operations are still open.`);
    await sleep(100);
  }
}

test(
  "the register has each row once, and its head is the contract's",
  async () => {
    await settled();
    const entries = await allEntries(issue.parties.as.trustee, issue.id);
    const issued = entries.filter(({ kind }) => kind === "ISSUE");
    expect(issued).toHaveLength(rowsEach * victims.length);
    expect(new Set(issued.map(({ ref }) => ref)).size).toBe(issued.length);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1));
    expect(headOf(entries)).toBe(await issue.chain.head(issue.token));
    const { rows, totals } = await readRegister(issue.parties.as.trustee, issue.id);
    expect(rows).toHaveLength(rowsEach);
    expect(new Set(rows.map(({ units }) => units))).toEqual(new Set([String(victims.length)]));
    expect(BigInt(totals!.units)).toBe(await issue.chain.supply(issue.token));
  },
  caseMsMax,
);

test("no operation is stuck, no break is open, and events have no gap", async () => {
  const { body: status } = await issue.parties.as.operator.call("status");
  expect([status.openOperations, status.queuedCommands, status.openBreaks, status.stoppedLanes]).toEqual([
    0,
    0,
    [],
    [],
  ]);
  const pool = createPool(stack.urls.database.genbo, { max: 1 });
  const { rows } = await pool.query(
    "select count(*) as events, max(id) as last, count(distinct id) as ids from event",
  );
  await pool.end();
  expect(rows[0].events).toBeGreaterThan(0n);
  expect([rows[0].last, rows[0].ids]).toEqual([rows[0].events, rows[0].events]);
});
