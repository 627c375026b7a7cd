import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { demoOn } from "@genbo/cli/demo/command";
import { readScenario } from "@genbo/cli/demo/fixture";
import type { DemoResult } from "@genbo/cli/demo/run";
import { startStack } from "@genbo/cli/supervisor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keptScreen, stackFolder } from "../support/stack-folder.ts";

const { dataDir, remove } = stackFolder("demo");
const demoMsMax = 180_000;
const screen = keptScreen();
let first: DemoResult;
let second: DemoResult;

beforeAll(async () => {
  first = await demoOn(dataDir, screen);
  second = await demoOn(dataDir, screen);
}, 2 * demoMsMax);

afterAll(remove);

const failures = () => screen.lines.filter((line) => line.includes("✗"));

test("every check of the demo holds", () => {
  expect(failures()).toEqual([]);
  expect(first.checks.failed).toBe(0);
  expect(first.checks.passed).toBeGreaterThan(120);
});

test("after the inheritance 245 holders have 1,453 units, in the register and on chain", () => {
  expect(first.holders).toBe(245);
  expect(first.units).toBe(1453);
  expect(first.supplyOnChain).toBe(1453);
  expect(first.head).toBe(first.headOnChain);
});

test("each refusal names its rules", () => {
  expect(first.refusals).toEqual([
    { case: "a wallet proved by another key", status: 422, codes: ["INVALID_FIELD"] },
    { case: "a wallet approved by the broker", status: 403, codes: ["FORBIDDEN"] },
    { case: "a certificate of another broker's customer", status: 404, codes: ["NOT_FOUND"] },
    { case: "a split of a bond", status: 422, codes: ["INVALID_FIELD"] },
    { case: "unregistered wallet", status: 422, codes: ["RECEIVER_NOT_REGISTERED"] },
    { case: "lapsed identity check", status: 422, codes: ["RECEIVER_CHECK_LAPSED"] },
    { case: "more units than are free", status: 422, codes: ["INSUFFICIENT_UNITS"] },
    { case: "two rules at once", status: 422, codes: ["INSUFFICIENT_UNITS", "RECEIVER_CHECK_LAPSED"] },
    { case: "wrong broker", status: 422, codes: ["NOT_CUSTODIAN"] },
    { case: "closed lot", status: 422, codes: ["LOT_CLOSED"] },
    { case: "maker approves his own request", status: 403, codes: ["MAKER_IS_CHECKER"] },
    {
      case: "what is for qualified institutions sold to a retail investor",
      status: 422,
      codes: ["RECEIVER_CLASS"],
    },
  ]);
});

test("the export of every issue is the chain's own", () => {
  const { trust, bond, card } = first.proofs;
  expect(trust).toEqual({ verdict: "equal", entries: first.entries, head: first.headOnChain });
  // Issued to 127 accounts, sold in three entries, redeemed from 127 and an own wallet; its policy and its terms.
  expect(bond).toMatchObject({ verdict: "equal", entries: 260 });
  expect(card).toMatchObject({ verdict: "equal", entries: 6 });
});

test("trades against payment settle in all their legs, or give each side its own back", () => {
  const [cash, bank, lapsed] = first.settlements;
  expect(cash).toEqual({
    case: "2022-01-24",
    state: "settled",
    legs: ["UNITS delivered", "CASH delivered"],
    code: null,
  });
  expect(bank).toMatchObject({ state: "settled", legs: ["UNITS delivered", "BANK delivered"] });
  expect(lapsed).toMatchObject({
    state: "returned",
    legs: ["UNITS returned", "CASH returned"],
    code: "RECEIVER_FROZEN",
  });
});

test("the register is listed as of each instant, with the fixture's units", () => {
  const unitsOf = (name: string) => first.register[name]?.map(({ units }) => units).sort();
  const { holders_at_issue, distribution_1, distribution_2 } = readScenario();
  const sorted = (rows: { units: number }[]) => rows.map(({ units }) => units).sort();
  expect(Object.keys(first.register).sort()).toEqual(["2021-08-11", "2021-10-06", "2022-03-09", "now"]);
  expect(unitsOf("2021-08-11")).toEqual(sorted(holders_at_issue));
  expect(unitsOf("2021-10-06")).toEqual(sorted(holders_at_issue));
  expect(unitsOf("2022-03-09")).toEqual(sorted(distribution_1.rows));
  expect(unitsOf("now")).toEqual(sorted(distribution_2.rows));
  expect(Object.keys(first.lists)).toEqual(["2022-01-31", "2022-07-31"]);
  expect(first.lists["2022-01-31"]).toEqual(first.register["2022-03-09"]);
  expect(first.lists["2022-07-31"]).toEqual(first.register.now);
});

test("a second run finds everything and doubles nothing", () => {
  const { stepsMs: _, ...before } = first;
  const { stepsMs: __, ...after } = second;
  expect(after).toEqual(before);
});

test("the whole register of the demo comes out of the chain again, row by row", async () => {
  const stack = await startStack({ dataDir });
  const main = join(import.meta.dirname, "../../apps/cli/src/main.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [
    main,
    "reindex",
    "--data",
    dataDir,
    "--json",
  ]);
  await stack.stop();
  expect(JSON.parse(stdout)).toMatchObject({
    differences: [],
    faults: [],
    heads: [],
    held: [],
    unanswered: 0,
  });
}, 60_000);
