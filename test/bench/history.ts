import type { ChainBlock, ChainTransaction } from "@genbo/chain/blocks";
import { type ChainLog, topics } from "@genbo/chain/events";
import { seededRandom } from "@genbo/cli/demo/random";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import { type EntryKind, entryKinds } from "@genbo/domain/entry-kinds";
import { newId, refOf } from "@genbo/domain/ids";
import { encodePolicy } from "@genbo/domain/policy-word";
import { encodeRecord } from "@genbo/domain/registry-record";
import { encodeHold, encodeMove, hex, type Word, zeroAddress, zeroWord } from "@genbo/domain/words";
import { type EntryFields, headAfterEntry, headAfterRecord } from "@genbo/register/head";

/** What a synthetic chain holds. The first issue has every holder and half of the entries; the others share the rest. */
export interface HistoryPlan {
  issues: number;
  holders: number;
  entries: number;
  /** Time of the first block. */
  from: Date;
  /** Days over which the entries are spread; a block an hour when left out. An account has a lot for each day that it acquires on. */
  days?: number;
  /** Accounts of one person; 1 when left out. */
  accountsEach?: number;
}

export interface HistoryIssue {
  id: string;
  ref: Word;
  token: string;
}

export interface History {
  deployment: DeploymentRow;
  genesis: ChainBlock;
  issues: HistoryIssue[];
  /** Every block after the genesis: registrations, issues, then entries. Decoded by the indexer like a node's. */
  blocks(): Generator<ChainBlock>;
}

/** Registrations or entries of one transaction, and transactions of one block. */
const rowsPerTransaction = 125;
const transactionsPerBlock = 2;
const rowsPerBlock = rowsPerTransaction * transactionsPerBlock;
const hour = 3_600;
/** Holders of an issue other than the first. */
const fewHolders = 1_000;
const unitsEach = 1_000_000n;
/** One transfer in so many is requested, accepted and approved: three entries instead of one. */
const oneByRequest = 10;
const brokers = 2;
const validUntil = 4_102_444_800; // 2100-01-01

const addressOf = (name: string): string => refOf(name).slice(0, 42);
export const accountOf = (n: number): string => addressOf(`account:${n}`);

/** A chain that never was, with heads that hold: the same plan gives the same blocks. */
export function createHistory(plan: HistoryPlan): History {
  const deployment = {
    chainId: 31_337,
    genesisHash: refOf("block", 0),
    ...{ admin: addressOf("admin"), manager: addressOf("manager"), registry: addressOf("registry") },
    ...{
      factory: addressOf("factory"),
      implementation: addressOf("implementation"),
      anchor: addressOf("anchor"),
    },
    ...{ settlement: addressOf("settlement"), cash: null },
  };
  const issues = Array.from({ length: plan.issues }, (_, n): HistoryIssue => {
    const id = newId("iss", plan.from);
    return { id, ref: refOf(id), token: addressOf(`token:${n}`) };
  });
  const genesis = { ...blockAt(plan, 0), transactions: [] };
  return { deployment, genesis, issues, blocks: () => blocksOf(plan, deployment, issues) };
}

function* blocksOf(plan: HistoryPlan, deployment: DeploymentRow, issues: readonly HistoryIssue[]) {
  let number = 0;
  let logs: ChainLog[][] = [];
  let rows = 0;
  const seal = (): ChainBlock => {
    number += 1;
    const transactions = logs.map((own, index): ChainTransaction => {
      const hash = refOf(`transaction:${number}`, index);
      return { hash, index, from: deployment.admin, succeeded: true, logs: own };
    });
    let index = 0;
    for (const log of logs.flat()) log.index = index++;
    logs = [];
    rows = 0;
    return { ...blockAt(plan, number), transactions };
  };
  for (const [own, count] of transactionsOf(plan, deployment, issues)) {
    logs.push(own);
    rows += count;
    if (rows >= rowsPerBlock) yield seal();
  }
  if (logs.length > 0) yield seal();
}

const secondsPerBlock = ({ days, entries }: HistoryPlan): number =>
  days === undefined ? hour : (days * 24 * hour * rowsPerBlock) / entries;

const blockAt = (plan: HistoryPlan, number: number) => ({
  number,
  hash: refOf("block", number),
  parentHash: refOf("block", number - 1),
  time: Math.floor(plan.from.getTime() / 1000 + number * secondsPerBlock(plan)),
});

/** The logs of each transaction with how many rows they are. */
function* transactionsOf(
  plan: HistoryPlan,
  { registry, factory }: DeploymentRow,
  issues: readonly HistoryIssue[],
): Generator<[ChainLog[], number]> {
  yield* registrations(plan, registry);
  const lines = issues.map((issue, n) =>
    createLine(issue, n === 0 ? plan.holders : Math.min(fewHolders, plan.holders)),
  );
  for (const line of lines) yield [[created(factory, line.issue), ...line.opening()], 2];
  const others = Math.max(1, plan.issues - 1);
  const wanted = lines.map((_, n) =>
    Math.ceil(plan.entries / (plan.issues === 1 ? 1 : n === 0 ? 2 : 2 * others)),
  );
  // As many of the first issue as of all others together, at any time.
  const turns = lines.flatMap((_, n) => (n === 0 ? [] : [n, 0]));
  for (let made = true; made; ) {
    made = false;
    for (const n of turns.length === 0 ? [0] : turns) {
      const line = lines[n]!;
      const rows = Math.min(rowsPerTransaction, wanted[n]! - line.seq());
      if (rows <= 0) continue;
      made = true;
      yield [line.entries(rows), rows];
    }
  }
}

function* registrations(
  { holders, accountsEach = 1 }: HistoryPlan,
  registry: string,
): Generator<[ChainLog[], number]> {
  let head = zeroWord;
  for (let from = 0; from < holders; from += rowsPerTransaction) {
    const to = Math.min(holders, from + rowsPerTransaction);
    const logs: ChainLog[] = [];
    for (let n = from; n < to; n += 1) {
      const wallet = accountOf(n);
      const record = recordOf(n, n % Math.ceil(holders / accountsEach));
      const particulars = refOf("particulars", n);
      head = headAfterRecord(head, { seq: n + 1, wallet, record, particulars });
      logs.push(logOf(registry, [topics.recorded, wordOf(wallet)], [record, particulars]));
    }
    logs.push(logOf(registry, [topics.headMoved], [wordOf(to), head]));
    yield [logs, to - from];
  }
}

const recordOf = (n: number, person: number): Word =>
  encodeRecord({
    personId: refOf("person", person).slice(0, 26),
    classBits: n % 25 === 0 ? 2 : 8,
    flags: 0,
    validUntil,
    country: 392,
    custodian: 1 + (n % brokers),
  });

/** With the terms that the issues were agreed with, see `insertParties`. */
const created = (factory: string, { ref, token }: HistoryIssue): ChainLog =>
  logOf(
    factory,
    [topics.issueCreated, ref],
    [wordOf(token), ref, wordOf(1_000_000_000_000_000n), zeroWord, wordOf(1000n)],
  );

/** One issue's line of entries: units to every holder, then transfers between them. */
function createLine(issue: HistoryIssue, holders: number) {
  const random = seededRandom(issue.token);
  let seq = 0;
  let head = zeroWord;
  let issued = 0;
  const emit = (kind: EntryKind, fields: Partial<EntryFields>): ChainLog => {
    seq += 1;
    const plain = { basis: 2, units: 0n, from: zeroAddress, to: zeroAddress, data: zeroWord };
    const entry: EntryFields = {
      ...plain,
      ref: refOf(issue.id, seq),
      ...fields,
      seq,
      kind: entryKinds[kind],
    };
    head = headAfterEntry(head, entry);
    const fromUnits = (BigInt(entry.from) << 96n) | entry.units;
    const toLine = (BigInt(entry.to) << 96n) | BigInt((entry.basis << 8) | entry.kind);
    return logOf(
      issue.token,
      [topics.entry, entry.ref],
      [wordOf(fromUnits), wordOf(toLine), entry.data, head],
    );
  };
  const transfer = (): ChainLog[] => {
    const from = random.int(holders);
    const to = (from + 1 + random.int(holders - 1)) % holders;
    const parties = { from: accountOf(from), to: accountOf(to), units: BigInt(1 + random.int(10)) };
    if (!random.chance(oneByRequest)) return [emit("TRANSFER", { ...parties, data: encodeMove({}) })];
    const data = encodeHold({ kind: 1, expiryMinutes: 0, controller: zeroAddress, ...noDates });
    const request = { ...parties, ref: refOf(issue.id, -1 - seq), data };
    return [emit("HOLD_CREATED", request), emit("HOLD_ACCEPTED", request), emit("HOLD_EXECUTED", request)];
  };
  return {
    issue,
    seq: () => seq,
    opening: () => [
      emit("POLICY", { basis: 0, data: encodePolicy({}), ref: issue.ref }),
      emit("TERMS", { basis: 0, data: issue.ref, ref: issue.ref }),
    ],
    entries: (rows: number): ChainLog[] => {
      const logs: ChainLog[] = [];
      while (logs.length < rows && issued < holders) {
        logs.push(emit("ISSUE", { to: accountOf(issued), units: unitsEach, basis: 1 }));
        issued += 1;
      }
      while (logs.length < rows) logs.push(...transfer());
      return logs;
    },
  };
}

const noDates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };

const wordOf = (value: string | number | bigint): Word =>
  typeof value === "string" ? `0x${value.slice(2).padStart(64, "0")}` : `0x${hex(value, 64)}`;

const logOf = (address: string, logTopics: string[], words: readonly Word[]): ChainLog => ({
  address,
  topics: logTopics,
  data: `0x${words.map((word) => word.slice(2)).join("")}`,
  index: 0,
});
