import { contractInterface } from "@genbo/chain/abi";
import { decodeLog, topics } from "@genbo/chain/events";
import { entryKindOf, holdKindOf, holdKinds } from "@genbo/domain/entry-kinds";
import { refOf } from "@genbo/domain/ids";
import { decodePolicy, encodePolicy, type Policy } from "@genbo/domain/policy-word";
import { encodeRecord, type RegistryRecord } from "@genbo/domain/registry-record";
import { failingRules, type TransferFacts } from "@genbo/domain/transfer-rules";
import { decodeHold, encodeMove, zeroAddress, zeroWord } from "@genbo/domain/words";
import { beforeAll, describe, expect, test } from "vitest";
import { createPlatform, type Log, type Platform, wallet } from "../../../contracts/test/platform.ts";
import { advance } from "../src/fold.ts";
import { headAfterRecord } from "../src/head.ts";
import { sumLots } from "../src/lots.ts";
import { emptyState, type IssueState } from "../src/state.ts";

/** Ten wallets of six persons: lapsed, frozen, of another class or never registered among them. */
const wallets = Array.from({ length: 10 }, (_, n) => wallet(n));
const start = Math.floor(Date.parse("2031-08-11T00:00:00Z") / 1000);
const lasting = start + 10_000_000;
const recordOf = (n: number): RegistryRecord | null => {
  if (n === 9) return null;
  const personId = `0x${(1 + Math.min(n, 5)).toString(16).padStart(24, "0")}`;
  const classBits = n === 3 ? 1 : 8;
  return {
    personId,
    classBits,
    flags: n === 4 ? 1 : 0,
    validUntil: n === 2 ? start - 5_000 : lasting,
    country: 392,
    custodian: 1,
  };
};

const policies: [string, Partial<Policy>][] = [
  ["free", { lot: 1n }],
  ["acceptance and approval", { acceptanceRequired: true, approvalRequired: true }],
  ["acceptance alone, lots of 2", { acceptanceRequired: true, lot: 2n }],
  ["limits by person", { unitsPerPersonTracked: true, maxUnitsPerPerson: 60n, maxHolders: 4 }],
  ["whole holdings of one class", { wholeHoldingOnly: true, classMask: 8, unitsPerPersonTracked: true }],
  ["locked up and forbidden", { transfersForbidden: true, lockUpUntil: lasting }],
  ["paused", { paused: true }],
];

let platform: Platform;
/** Kinds of entries that were folded; those that make or change a hold of one account, with the hold's kind. */
const seen = new Set<string>();
let random = 20_210_811;
/** The same numbers in every run. */
const below = (limit: number): number => {
  random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
  return (random >>> 8) % limit;
};
const anyWallet = () => wallets[below(wallets.length)]!;

beforeAll(async () => {
  platform = await createPlatform();
  const { send, signers, addresses, setTime } = platform;
  await setTime(start - 10_000);
  const rows = wallets.flatMap((address, n) => {
    const record = recordOf(n);
    return record === null ? [] : [[address, encodeRecord(record), refOf("particulars", n)]];
  });
  await send(signers.registrar, "HolderRegistry", addresses.holderRegistry, "setRecords", [rows, true]);
  await setTime(start);
}, 60_000);

test("the registry's head is the one recomputed from its lines", async () => {
  const { read, addresses } = platform;
  const lines = wallets.flatMap((address, n) => {
    const record = recordOf(n);
    return record === null
      ? []
      : [{ wallet: address, record: encodeRecord(record), particulars: refOf("particulars", n) }];
  });
  const head = lines.reduce(
    (last, line, n) => headAfterRecord(last, { ...line, seq: n + 1 }),
    emptyState().head,
  );
  expect((await read("HolderRegistry", addresses.holderRegistry, "head"))[0]).toBe(head);
});

describe.each(policies)("an issue that is %s", (name, policy) => {
  const state = emptyState();
  const chain = { token: "", refused: 0 };

  beforeAll(async () => {
    const { request, createIssue } = platform;
    chain.token = await createIssue(refOf(name), BigInt(encodePolicy({ ...policy, paused: false })), 10_000n);
    await foldNew(state, chain.token);
    for (let round = 0; round < 10; round++) chain.refused += await actAtRandom(state, chain.token, round);
    for (const [n, d] of [
      [3n, 2n],
      [1n, 3n],
    ] as const)
      await scaleAll(state, chain.token, n, d);
    await request("evm_mine", []);
  });

  test("folds to what the contract holds", async () => {
    const { read } = platform;
    const of = async (fn: string, args: unknown[] = []) =>
      (await read("SecurityToken", chain.token, fn, args))[0];
    expect({ head: state.head, seq: BigInt(state.seq) }).toEqual({
      head: await of("head"),
      seq: await of("seq"),
    });
    expect(state.units).toBe(await of("totalSupply"));
    expect(BigInt(state.policy)).toBe(await of("policy"));
    for (const address of wallets) {
      const holding = state.holdings.get(address);
      expect(holding?.units ?? 0n).toBe(await of("balanceOf", [address]));
      expect(freeUnits(state, address)).toBe(await of("freeUnits", [address]));
    }
    for (const { units, lots } of state.holdings.values()) expect(sumLots(lots)).toBe(units);
    for (const hold of state.holds.values()) {
      if (hold.kind === holdKinds.FREEZE) continue;
      const claim = await of("claimOf", [hold.id]);
      expect(claim === 0n ? hold.units : claim).toBe(hold.claimed);
      const { account, units, state: stage, data, to } = await of("holdOf", [hold.id]);
      if (hold.kind === holdKinds.PLEDGE) expect(to.toLowerCase()).toBe(hold.target ?? zeroAddress);
      expect({ account: account.toLowerCase(), units, accepted: stage === 2n, data }).toEqual({
        account: hold.account,
        units: hold.units,
        accepted: hold.accepted,
        data: hold.data,
      });
    }
    if (decodePolicy(state.policy).unitsPerPersonTracked)
      expect(BigInt(state.holders)).toBe(await of("holderCount"));
    expect(state.seq).toBeGreaterThan(5);
  });

  test("has the same failing rules here and there", async () => {
    const { read, request } = platform;
    const { timestamp } = await request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
    let failed = 0;
    for (const from of [...wallets, zeroAddress]) {
      for (const to of [...wallets, zeroAddress]) {
        for (const units of [0n, 1n, BigInt(2 + below(60))]) {
          const [bits] = await read("SecurityToken", chain.token, "failingRules", [from, to, units]);
          const facts = factsOf(state, from, to, units, Number(timestamp));
          const failing = failingRules(facts);
          expect({ from, to, units, failing }).toEqual({
            from,
            to,
            units,
            failing: numbersOf(bits as bigint),
          });
          failed += Number(failing.length > 0);
        }
      }
    }
    expect(failed).toBeGreaterThan(0);
  });
});

/** Sends one batch of each kind; rows that break a rule are skipped by the contract. @returns rows refused */
async function actAtRandom(state: IssueState, token: string, round: number): Promise<number> {
  let refused = 0;
  const act = async (signer: string, call: string, ...args: unknown[]) => {
    const receipt = await platform.send(signer, "SecurityToken", token, call, args);
    refused += receipt.logs.filter((log) => log.topics[0] === topics.rejected).length;
    await foldNew(state, token);
  };
  const make = rowMakers(state, `${token}:${round}`, 22_000 + round);
  await moveAtRandom(state, act, make);
  await encumberAtRandom(state, act, make);
  await orderAtRandom(state, act, make);
  return refused;
}

type Act = (signer: string, call: string, ...args: unknown[]) => Promise<void>;
type RowMakers = ReturnType<typeof rowMakers>;

function rowMakers(state: IssueState, name: string, day: number) {
  let row = 0;
  return {
    rows: <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one),
    units: () => BigInt(1 + below(30)),
    ref: () => refOf(name, row++),
    data: () => encodeMove({ tradeDate: day, acquiredOn: below(2) * day, keepDates: below(2) === 0 }),
    /** Mostly an account with units. */
    holder: () => [...state.holdings.keys()][below(Math.max(1, state.holdings.size))] ?? anyWallet(),
    /** About half of the open holds of those kinds. */
    holds: (...kinds: number[]) =>
      [...state.holds.values()]
        .filter((hold) => kinds.includes(hold.kind) && below(2) === 0)
        .map(({ id }) => id),
  };
}

/** Issue, transfer, request, accept, approve, cancel, reject, redeem. */
async function moveAtRandom(_state: IssueState, act: Act, make: RowMakers): Promise<void> {
  const { issuer, registrar, brokers } = platform.signers;
  const { rows, units, ref, data, holder, holds } = make;
  const [broker] = brokers;
  await act(
    issuer,
    "issue",
    rows(4, () => [anyWallet(), units(), ref(), data()]),
    false,
  );
  await act(
    broker,
    "custodiedTransfer",
    rows(4, () => [holder(), anyWallet(), units(), ref(), data()]),
    false,
  );
  await act(
    broker,
    "requestTransfers",
    rows(4, () => [holder(), anyWallet(), units(), 0, ref(), data()]),
    false,
  );
  await act(broker, "acceptTransfers", holds(1), false);
  await act(registrar, "approveTransfers", holds(1, 2), false);
  await act(broker, below(2) === 0 ? "cancelTransfers" : "acceptTransfers", holds(1), false);
  await act(registrar, below(3) === 0 ? "rejectTransfers" : "approveTransfers", holds(1), false);
  await act(
    issuer,
    "redeem",
    rows(2, () => [holder(), units(), ref(), data()]),
    false,
  );
}

/** DvP holds, pledges, attachments (which may have to wait), lock-ups; their controller's acts. */
async function encumberAtRandom(state: IssueState, act: Act, make: RowMakers): Promise<void> {
  const { registrar, agent, brokers } = platform.signers;
  const { rows, units, ref, data, holder, holds } = make;
  const row = (kind: number, to: string, account = holder(), behind = zeroWord) => [
    ...[account, kind === holdKinds.ATTACHMENT ? zeroAddress : to, agent, units(), kind, 0],
    ...[ref(), data(), behind],
  ];
  const dvp = rows(2, () => row(2, anyWallet()));
  await act(brokers[0], "createDvpHolds", dvp, false);
  const kept = rows(3, () => row(3 + below(3), below(2) === 0 ? zeroAddress : anyWallet()));
  await act(registrar, "createHolds", kept, false);
  const behind = holds(3).map((id) => row(3, anyWallet(), state.holds.get(id)!.account, id));
  await act(registrar, "createHolds", behind, false);
  const pledge = [...state.holds.values()].find((hold) => hold.kind === 3 && hold.controller === agent);
  const pledgee = wallets.slice(0, 9).find((each) => each !== pledge?.account)!;
  if (pledge !== undefined) await act(agent, "assignPledge", pledge.id, pledgee, agent);
  await act(
    agent,
    "executeHolds",
    holds(2, 3, 4).map((id) => [id, units()]),
    false,
  );
  await act(agent, "releaseHolds", holds(2, 3, 4, 5), false);
  await act(registrar, "mark", holder(), units(), 13, ref(), data());
  const own = [...state.holds.values()].find((hold) => hold.controller === agent);
  if (own !== undefined) await act(agent, "changeController", own.id, below(2) === 0 ? agent : brokers[1]);
}

/** Orders of the law: holds that end, units that move, units that freeze, a lost wallet of a person with several. */
async function orderAtRandom(state: IssueState, act: Act, make: RowMakers): Promise<void> {
  const { enforcer } = platform.signers;
  const { rows, units, ref, data, holder, holds } = make;
  await act(enforcer, "releaseByOrder", holds(1, 2, 3, 4).slice(0, 1), 18, false);
  const ordered = rows(2, () => {
    const from = holder();
    const breaks = holds(1, 2, 3, 4, 5).filter((id) => state.holds.get(id)!.account === from);
    return [from, anyWallet(), units(), 3 + below(4), ref(), data(), breaks];
  });
  await act(enforcer, "enforceTransfers", ordered, false);
  await act(enforcer, "setFrozenTokens", anyWallet(), BigInt(below(40)));
  await inheritAtRandom(state, act, make);
  const [lost, replacement] = [wallets[5 + below(4)]!, wallets[5 + below(4)]!];
  if (lost === replacement || !state.holdings.has(lost)) return;
  const carried = [...state.holds.values()].filter((hold) => hold.account === lost && hold.kind !== 6);
  await act(
    enforcer,
    "recover",
    lost,
    replacement,
    ref(),
    carried.map(({ id }) => id),
  );
}

/** All of an account to one or two others, with what rests on it where no trade is under way. */
async function inheritAtRandom(state: IssueState, act: Act, { ref, data }: RowMakers): Promise<void> {
  const from = [...state.holdings.values()].find(({ account }) => {
    const own = [...state.holds.values()].filter((hold) => hold.account === account);
    return own.length > 0 && own.every(({ kind, claimed }) => (kind > 2 && kind < 6) || claimed === 0n);
  });
  if (from === undefined) return;
  const holds = [...state.holds.values()].filter(
    ({ account, kind }) => account === from.account && kind !== 6,
  );
  const targets = holds.map(({ target }) => target);
  const turn = below(9);
  const others = [...wallets.slice(turn, 9), ...wallets.slice(0, turn)];
  const heirs = others.filter((each) => each !== from.account && !targets.includes(each));
  const sole = below(3) === 0;
  const rows = heirs.slice(0, sole ? 1 : 2).map((to, row) => {
    const part = (units: bigint) => (sole ? units : row === 0 ? units / 3n : units - units / 3n);
    const parts = holds.map(({ units, claimed }) => [part(units), part(units) + part(claimed - units)]);
    return [to, part(from.units - from.encumbered), ref(), data(), parts];
  });
  const before = state.holds.size;
  await act(
    platform.signers.enforcer,
    "succeed",
    from.account,
    rows,
    holds.map(({ id }) => id),
  ).catch((error: unknown) => {
    // A row without units, or too many that wait: both are refused.
    if (!String((error as { data?: string }).data).match(/^0x[0-9a-f]{72}$/)) throw error;
  });
  expect(state.holds.size).toBeGreaterThanOrEqual(before);
}

/** A whole consolidation or split, each account by itself. */
async function scaleAll(state: IssueState, token: string, n: bigint, d: bigint): Promise<void> {
  const { issuer, registrar } = platform.signers;
  const act = (signer: string, call: string, ...args: unknown[]) =>
    platform.send(signer, "SecurityToken", token, call, args);
  const ref = refOf(`${token}:ratio`);
  await act(issuer, "proposeRatio", n, d);
  const { timestamp } = await platform.request<{ timestamp: string }>("eth_getBlockByNumber", [
    "latest",
    false,
  ]);
  await platform.setTime(Number(timestamp) + 90_000);
  await act(registrar, "beginRatio", n, d, ref);
  const before = state.units;
  for (const account of [...state.holdings.keys()]) {
    const holds = [...state.holds.values()].filter((hold) => hold.account === account);
    const ids = holds.filter(({ units, claimed }) => units === claimed && units > 0n).map(({ id }) => id);
    await act(registrar, "carry", [[account, ids.sort()]]);
    await foldNew(state, token);
  }
  await act(registrar, "endRatio", ref);
  await foldNew(state, token);
  if (before > 0n) expect(state.units).not.toBe(before);
}

/** Folds the entries that the token emitted since the state's last one. */
async function foldNew(state: IssueState, token: string): Promise<void> {
  const { request } = platform;
  const filter = { address: token, fromBlock: "0x0", toBlock: "latest", topics: [topics.entry] };
  const logs = await request<(Log & { blockNumber: string })[]>("eth_getLogs", [filter]);
  for (const log of logs.slice(state.seq)) {
    const event = decodeLog({ ...log, index: 0 });
    if (event?.type !== "entry") throw new Error("not an entry");
    const { timestamp } = await request<{ timestamp: string }>("eth_getBlockByNumber", [
      log.blockNumber,
      false,
    ]);
    const { type, ...entry } = event;
    const kind = entryKindOf(entry.kind) ?? "?";
    const own = kind.startsWith("HOLD_C") && entry.from === entry.to;
    seen.add(own ? `${kind} ${holdKindOf(decodeHold(entry.data).kind)}` : kind);
    advance(
      state,
      { ...entry, blockTime: Number(timestamp) },
      (of) => recordOf(wallets.indexOf(of))?.personId,
    );
  }
}

function factsOf(state: IssueState, from: string, to: string, units: bigint, now: number): TransferFacts {
  const party = (account: string) => {
    const record = recordOf(wallets.indexOf(account) === -1 ? 9 : wallets.indexOf(account));
    const own = [...state.holdings.values()].filter((holding) => holding.person === record?.personId);
    return { account, record, unitsOfPerson: own.reduce((sum, holding) => sum + holding.units, 0n) };
  };
  const sender = {
    ...party(from),
    units: state.holdings.get(from)?.units ?? 0n,
    available: freeUnits(state, from),
  };
  return {
    policy: decodePolicy(state.policy),
    now,
    units,
    from: sender,
    to: party(to),
    holders: state.holders,
  };
}

/** Units that no hold encumbers and that are not frozen; more may be frozen than there are. */
function freeUnits(state: IssueState, account: string): bigint {
  const { units, encumbered } = state.holdings.get(account) ?? { units: 0n, encumbered: 0n };
  const frozen = [...state.holds.values()].find(
    (hold) => hold.account === account && hold.kind === holdKinds.FREEZE,
  );
  const free = units - encumbered - (frozen?.claimed ?? 0n);
  return free > 0n ? free : 0n;
}

const numbersOf = (bits: bigint): number[] =>
  Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((bits >> BigInt(bit)) & 1n) === 1n);

test("the acts were of every kind", () => {
  expect([...seen].sort()).toEqual([
    "FORCED_TRANSFER",
    "HOLD_ACCEPTED",
    "HOLD_ASSIGNED",
    "HOLD_CHANGED", // carried to another wallet
    "HOLD_CHANGED ATTACHMENT", // took what was free
    "HOLD_CHANGED DVP",
    "HOLD_CHANGED FREEZE",
    "HOLD_CHANGED LOCKUP",
    "HOLD_CHANGED PLEDGE",
    "HOLD_CREATED",
    "HOLD_CREATED ATTACHMENT", // waits behind other holds
    "HOLD_CREATED FREEZE",
    "HOLD_EXECUTED",
    "HOLD_RANKED",
    "HOLD_RELEASED",
    "HOLD_SUCCEEDED",
    "ISSUE",
    "MARK",
    "POLICY",
    "RATIO",
    "RECOVERY",
    "REDEEM",
    "TERMS",
    "TRANSFER",
  ]);
});

test("the entry's topic is the contract's", () => {
  expect(contractInterface("SecurityToken").getEvent("Entry")!.topicHash).toBe(topics.entry);
});
