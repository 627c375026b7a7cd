import type { ChainBlock } from "@genbo/chain/blocks";
import type { EntryEvent, RegisterEvent } from "@genbo/chain/events";
import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { encodeRecord } from "@genbo/domain/registry-record";
import { encodeHold, zeroAddress, zeroWord } from "@genbo/domain/words";
import { headAfterEntry, headAfterRecord } from "@genbo/register/head";
import { emptyState } from "@genbo/register/state";
import { describe, expect, test } from "vitest";
import { foldIssue } from "../src/fold-issue.ts";
import { foldRegistry } from "../src/fold-registry.ts";
import type { PlacedEvent } from "../src/lot-logs.ts";
import { createOrigins } from "../src/origins.ts";

const transaction = { hash: `0x${"aa".repeat(32)}`, index: 0, from: zeroAddress, succeeded: true, logs: [] };
const block: ChainBlock = {
  number: 5,
  hash: "0x5",
  parentHash: "0x4",
  time: 1_628_600_000,
  transactions: [transaction],
};
const origins = createOrigins(new Map());
const issue = { id: "iss_1", ref: zeroWord, token: "0x1", issuerId: "pty_1", profile: "BOND" as const };
const [alice, bob] = [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`];

const place = (event: RegisterEvent, index: number): PlacedEvent => ({
  block,
  transaction,
  log: { address: "0x1", topics: [], data: "0x", index },
  event,
});

/** Entries with numbers and heads as the contract would give them; `change` spoils one after that. */
function line(entries: Partial<EntryEvent>[], change: Partial<EntryEvent>[] = []): PlacedEvent[] {
  let head = zeroWord;
  return entries.map((fields, index) => {
    const whole = {
      kind: 1,
      basis: 1,
      units: 5n,
      from: zeroAddress,
      to: alice,
      ref: zeroWord,
      data: zeroWord,
      ...fields,
    };
    const entry = { ...whole, seq: index + 1 };
    head = headAfterEntry(head, entry);
    return place({ type: "entry", ...entry, head, ...change[index] }, index);
  });
}
const fold = (logs: readonly PlacedEvent[], state = emptyState()) =>
  foldIssue(
    issue,
    state,
    logs,
    (account) => (account === alice || account === bob ? `person of ${account}` : undefined),
    origins,
  );

describe("an issue's line stops at the first entry that cannot be true", () => {
  const good = {};
  test.each<[string, Partial<EntryEvent>[], Partial<EntryEvent>[]]>([
    ["UNKNOWN_KIND", [good, { kind: 99 }, good], []],
    ["UNKNOWN_BASIS", [good, { basis: 999 }, good], []],
    ["BAD_PAYLOAD", [good, { from: alice, to: bob }, good], []],
    ["BAD_PAYLOAD", [good, { units: 2n ** 70n }, good], []],
    ["NEGATIVE", [good, { kind: 3, from: alice, to: bob, units: 6n }, good], []],
    ["UNKNOWN_ACCOUNT", [good, { to: `0x${"33".repeat(20)}` }, good], []],
    ["UNKNOWN_HOLD", [good, { kind: 7, from: alice, to: bob }, good], []],
    ["HEAD_DIFFERS", [good, good, good], [{}, { units: 6n }]],
    ["GAP", [good, good, good], [{}, { seq: 9 }]],
    ["GAP", [good, { units: 2n ** 70n }, good], [{}, { seq: 9 }]],
  ])("%s", (kind, entries, change) => {
    const { rows, fault } = fold(line(entries, change));
    expect(rows).toHaveLength(1);
    expect(fault).toMatchObject({ kind, nextSeq: 2, placed: { log: { index: 1 } } });
  });

  test("a log that cannot be decoded", () => {
    const [first, second] = line([good, good]) as [PlacedEvent, PlacedEvent];
    const { event: _, ...bare } = second as PlacedEvent & { event: RegisterEvent };
    const { rows, fault } = fold([first, { ...bare, undecodable: "log 1 has 3 words" }]);
    expect(rows).toHaveLength(1);
    expect(fault).toMatchObject({ kind: "BAD_PAYLOAD", message: "log 1 has 3 words" });
  });
});

test("entries that the register has are passed over, so that blocks can be read again", () => {
  const logs = line([{}, {}, {}]);
  const state = emptyState();
  expect(fold(logs.slice(0, 2), state).rows).toHaveLength(2);
  const { rows, fault } = fold(logs, state);
  expect(fault).toBeUndefined();
  expect(rows.map(({ step }) => step.totals.seq)).toEqual([3]);
  expect(state.units).toBe(15n);
});

test("what a waiting attachment takes is of the command that freed it, also in a batch", () => {
  const [a, b, attachment] = [1, 2, 3].map((n) => `0x${String(n).repeat(64)}`) as [string, string, string];
  const hold = (kind: number, fields: Partial<EntryEvent>): Partial<EntryEvent> => {
    const dates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };
    const data = encodeHold({ kind, expiryMinutes: 0, controller: zeroAddress, ...dates });
    return { kind: entryKinds.HOLD_CREATED, basis: 2, from: alice, to: bob, units: 4n, data, ...fields };
  };
  const request = (ref: string, kind: number) => hold(holdKinds.REQUEST, { ref, kind });
  const attached = (kind: number, units: bigint) =>
    hold(holdKinds.ATTACHMENT, { ref: attachment, to: alice, basis: 16, kind, units });
  const { HOLD_CREATED, HOLD_CHANGED, HOLD_RELEASED } = entryKinds;
  const logs = line([
    { units: 10n },
    request(a, HOLD_CREATED),
    request(b, HOLD_CREATED),
    attached(HOLD_CREATED, 8n),
    attached(HOLD_CHANGED, 2n),
    request(a, HOLD_RELEASED),
    attached(HOLD_CHANGED, 6n),
    request(b, HOLD_RELEASED),
    attached(HOLD_CHANGED, 8n),
  ]);
  const later = { ...transaction, hash: `0x${"bb".repeat(32)}` };
  const placed = logs.map((log, index) => (index < 5 ? log : { ...log, transaction: later }));
  const command = (ref: string, row: number) => ({
    ...{
      id: BigInt(row),
      operationId: `op_${row}`,
      call: "cancelRequests",
      target: null,
      ref,
      row,
      open: true,
    },
    ...{ maker: `staff:${row}`, checker: null },
  });
  const ours = { id: 1n, hash: later.hash, call: "cancelRequests", commands: [command(a, 1), command(b, 2)] };
  const { rows, fault } = foldIssue(
    issue,
    emptyState(),
    placed,
    (account) => `person of ${account}`,
    createOrigins(new Map([[later.hash, ours]])),
  );
  expect(fault).toBeUndefined();
  expect(rows.map(({ origin }) => [origin.operationId, origin.maker])).toEqual([
    ...Array.from({ length: 5 }, () => [null, null]),
    ["op_1", "staff:1"],
    ["op_1", "staff:1"],
    ["op_2", "staff:2"],
    ["op_2", "staff:2"],
  ]);
});

describe("the registry's line", () => {
  const record = (custodian: number) =>
    encodeRecord({
      personId: `0x${"0".repeat(23)}1`,
      classBits: 8,
      flags: 0,
      validUntil: 2e9,
      country: 392,
      custodian,
    });
  const start = { seq: 0, head: zeroWord };
  /** A batch as the registry emits it: its lines, then number and head. */
  const batch = (from: { seq: number; head: string }, custodians: number[], spoil: object = {}) => {
    let { seq, head } = from;
    const lines = custodians.map((custodian, index) => {
      const fields = { wallet: alice, record: record(custodian), particulars: zeroWord };
      seq += 1;
      head = headAfterRecord(head, { seq, ...fields });
      return place({ type: "recorded", ...fields }, index);
    });
    return {
      logs: [...lines, place({ type: "headMoved", seq, head, ...spoil }, custodians.length)],
      end: { seq, head },
    };
  };

  test("is numbered and chained batch by batch", () => {
    const one = batch(start, [1, 2]);
    const two = batch(one.end, [3]);
    const folded = foldRegistry(start, [...one.logs, ...two.logs], origins);
    expect(folded).toMatchObject({ ...two.end, fault: undefined });
    expect(folded.rows.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(foldRegistry(one.end, [...one.logs, ...two.logs], origins).rows.map(({ seq }) => seq)).toEqual([
      3,
    ]);
  });

  test.each([
    ["REGISTRY_HEAD_DIFFERS", { head: `0x${"66".repeat(32)}` }],
    ["REGISTRY_GAP", { seq: 7 }],
  ])("takes in no batch with %s", (kind, spoil) => {
    const one = batch(start, [1]);
    const two = batch(one.end, [2, 3], spoil);
    const folded = foldRegistry(start, [...one.logs, ...two.logs], origins);
    expect(folded).toMatchObject({ ...one.end, fault: { kind, nextSeq: 2 } });
    expect(folded.rows).toHaveLength(1);
  });

  test("takes in no lines that no head ends, and no custodian that it could not keep", () => {
    const { logs } = batch(start, [1, 2]);
    expect(foldRegistry(start, logs.slice(0, 2), origins)).toMatchObject({
      ...start,
      rows: [],
      fault: { kind: "REGISTRY_GAP" },
    });
    const large = batch(start, [2 ** 31]).logs;
    expect(foldRegistry(start, large, origins)).toMatchObject({
      ...start,
      fault: { kind: "REGISTRY_BAD_PAYLOAD" },
    });
  });
});
