import { describe, expect, test } from "vitest";
import { decodePolicy, encodePolicy, type Policy } from "../src/policy-word.ts";
import type { RegistryRecord } from "../src/registry-record.ts";
import { failingRules, type TransferFacts } from "../src/transfer-rules.ts";
import { zeroAddress } from "../src/words.ts";

const now = 1_633_400_000;
const account = (digit: string) => `0x${digit.repeat(40)}`;
const record = (digit: string, more: Partial<RegistryRecord> = {}): RegistryRecord => ({
  personId: `0x${digit.repeat(24)}`,
  classBits: 8,
  flags: 0,
  validUntil: now + 1,
  country: 392,
  custodian: 1,
  ...more,
});
const policy = (more: Partial<Policy> = {}) => decodePolicy(encodePolicy(more));
const tracked = (more: Partial<Policy>) => policy({ unitsPerPersonTracked: true, ...more });

const from = { account: account("a"), record: record("1"), unitsOfPerson: 5n, units: 5n, available: 5n };
const to = { account: account("b"), record: record("2"), unitsOfPerson: 0n };
const base: TransferFacts = { policy: policy(), now, units: 2n, from, to, holders: 10 };
const failing = (change: Partial<TransferFacts>) => failingRules({ ...base, ...change });

test("a transfer within every rule fails none", () => expect(failing({})).toEqual([]));

describe("each rule", () => {
  test.each<[number, Partial<TransferFacts>]>([
    [1, { units: 6n }],
    [1, { from: { ...from, available: 1n } }],
    [2, { from: { ...from, account: zeroAddress } }],
    [3, { to: { ...to, account: zeroAddress } }],
    [4, { units: 0n }],
    [10, { policy: policy({ paused: true }) }],
    [11, { policy: policy({ transfersForbidden: true }) }],
    [12, { policy: policy({ lockUpUntil: now + 1 }) }],
    [13, { policy: policy({ lot: 3n }) }],
    [14, { policy: policy({ wholeHoldingOnly: true }) }],
    [15, { policy: policy({ acceptanceRequired: true }), direct: true }],
    [15, { policy: policy({ approvalRequired: true }), direct: true }],
    [16, { policy: tracked({ maxUnitsPerPerson: 10n }), to: { ...to, unitsOfPerson: 9n } }],
    [17, { policy: tracked({ maxHolders: 10 }) }],
    [20, { from: { ...from, record: null } }],
    [21, { from: { ...from, record: record("1", { flags: 2 }) } }],
    [30, { to: { ...to, record: null } }],
    [31, { to: { ...to, record: record("2", { validUntil: now - 1 }) } }],
    [32, { to: { ...to, record: record("2", { flags: 1 }) } }],
    [33, { policy: policy({ classMask: 1 }) }],
    [100, { lotUnits: 1n }],
  ])("%i", (code, change) => expect(failing(change)).toEqual([code]));
});

describe("each boundary lets through", () => {
  test.each<[string, Partial<TransferFacts>]>([
    ["all free units", { units: 5n }],
    ["the last second of a check", { to: { ...to, record: record("2", { validUntil: now }) } }],
    ["the end of a lock-up", { policy: policy({ lockUpUntil: now }) }],
    ["a seller whose check lapsed", { from: { ...from, record: record("1", { validUntil: 0 }) } }],
    ["a whole holding", { policy: policy({ wholeHoldingOnly: true }), units: 5n }],
    ["a request where one is needed", { policy: policy({ approvalRequired: true }) }],
    [
      "the last unit of a person",
      { policy: tracked({ maxUnitsPerPerson: 11n }), to: { ...to, unitsOfPerson: 9n } },
    ],
    ["a full sale at the cap of holders", { policy: tracked({ maxHolders: 10 }), units: 5n }],
    ["a buyer who holds already", { policy: tracked({ maxHolders: 1 }), to: { ...to, unitsOfPerson: 1n } }],
    [
      "two wallets of one person",
      { policy: tracked({ maxHolders: 1, maxUnitsPerPerson: 1n }), to: { ...to, record: record("1") } },
    ],
    ["limits where persons are not tracked", { policy: policy({ maxHolders: 1, maxUnitsPerPerson: 1n }) }],
    [
      "nobody's units to the cap of holders",
      { policy: tracked({ maxHolders: 10 }), units: 2n, from: { ...from, unitsOfPerson: 2n } },
    ],
    ["the whole of a named lot", { lotUnits: 2n }],
  ])("%s", (_name, change) => expect(failing(change)).toEqual([]));
});

test("all failing rules are named at once, ascending [TA 93(2)]", () => {
  const change = {
    units: 7n,
    lotUnits: 0n,
    to: { ...to, record: null },
    policy: policy({ paused: true, lot: 2n }),
  };
  expect(failing(change)).toEqual([1, 10, 13, 30, 100]);
});

test("a move to oneself changes no limit by person", () => {
  const self = { ...to, account: from.account, record: from.record };
  expect(failing({ to: self, policy: tracked({ maxHolders: 1, maxUnitsPerPerson: 1n }) })).toEqual([5]);
});

test("an issue for qualified institutional investors refuses every other receiver [DEF 11]", () => {
  const only = policy({ classMask: 1 });
  const receivers = [1, 2, 4, 8, 16, 32, 9].map((classBits) => record("2", { classBits }));
  const codes = receivers.map((each) => failing({ policy: only, to: { ...to, record: each } }));
  expect(codes).toEqual([[], [33], [33], [33], [33], [33], []]);
});

test("a small private placement moves only as a whole holding [DEF 13]", () => {
  const whole = policy({ wholeHoldingOnly: true });
  const codes = [1n, 4n, 5n].map((units) => failing({ policy: whole, units }));
  expect(codes).toEqual([[14], [14], []]);
  // Part of it being held back does not make the rest a whole.
  expect(failing({ policy: whole, units: 3n, from: { ...from, available: 3n } })).toEqual([14]);
});
