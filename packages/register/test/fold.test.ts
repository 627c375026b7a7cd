import { encodePolicy } from "@genbo/domain/policy-word";
import { uintWord, zeroAddress } from "@genbo/domain/words";
import { describe, expect, test } from "vitest";
import { advance, fold } from "../src/fold.ts";
import { headAfterEntry } from "../src/head.ts";
import { type ChainEntry, emptyState } from "../src/state.ts";
import { account, createChain, firstDay, holdWord, personOf } from "./chain.ts";

const [a, b, c] = [account(0), account(2), account(4)] as [string, string, string];

const headOf = (entry: ChainEntry) => headAfterEntry(emptyState().head, entry);

function started() {
  const chain = createChain();
  const state = emptyState();
  const run = () => chain.entries.slice(state.seq).map((entry) => advance(state, entry, personOf));
  /** Lots as [days after the first day, units]. */
  const lots = (of: string) =>
    state.holdings.get(of)?.lots.map((lot) => [lot.acquiredOn - firstDay, Number(lot.units)]);
  return { chain, state, run, lots };
}

describe("lots", () => {
  test("of one day are one lot", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 10n);
    chain.issue(a, 40n);
    run();
    expect(lots(a)).toEqual([[0, 50]]);
  });

  test("leave first in, first out", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 10n, 0);
    chain.issue(a, 20n, 1);
    chain.redeem(a, 20n, 2);
    run();
    expect(lots(a)).toEqual([[1, 10]]);
  });

  test("begin anew at a sale and keep their dates where the law says so [TA 186(iv)]", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 30n, 0);
    chain.issue(a, 40n, 1);
    chain.issue(b, 30n, 1);
    chain.move(a, b, 30n, 5, { keepDates: true });
    chain.move(a, c, 10n, 6);
    run();
    expect(lots(a)).toEqual([[1, 30]]);
    expect(lots(b)).toEqual([
      [0, 30],
      [1, 30],
    ]);
    expect(lots(c)).toEqual([[6, 10]]);
  });

  test("moved twice with their dates stay apart at the receiver, as the older ones run out", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 30n, 0);
    chain.issue(a, 70n, 1);
    chain.move(a, b, 30n, 5, { keepDates: true });
    chain.move(a, b, 30n, 5, { keepDates: true });
    run();
    expect(lots(a)).toEqual([[1, 40]]);
    expect(lots(b)).toEqual([
      [0, 30],
      [1, 30],
    ]);
  });

  test("of one block follow the order of its entries: a redemption before a transfer takes the older lot", () => {
    const both = (first: "redeem" | "move") => {
      const { chain, run, lots } = started();
      chain.issue(a, 10n, 0);
      chain.issue(a, 10n, 1);
      if (first === "redeem") chain.redeem(a, 10n, 2);
      chain.move(a, b, 10n, 2, { keepDates: true });
      if (first === "move") chain.redeem(a, 10n, 2);
      run();
      return lots(b);
    };
    expect(both("redeem")).toEqual([[1, 10]]);
    expect(both("move")).toEqual([[0, 10]]);
  });

  test("keep their dates when a lost wallet is replaced, flag or not", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 5n, 0);
    chain.emit("RECOVERY", { from: a, to: account(1), units: 5n, basis: 19 }, 9);
    run();
    expect([lots(a), lots(account(1))]).toEqual([undefined, [[0, 5]]]);
  });

  test("have the agreed acquisition date rather than the block's", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 5n, 0);
    chain.move(a, b, 2n, 4, {
      acquiredOn: firstDay + 3,
      tradeDate: firstDay + 1,
      settlementDate: firstDay + 3,
    });
    const [, moved] = run();
    expect(lots(b)).toEqual([[3, 2]]);
    const { tradeDate, acquiredOn, settlementDate } = moved!.effect;
    expect([tradeDate, acquiredOn, settlementDate]).toEqual([firstDay + 1, firstDay + 3, firstDay + 3]);
  });

  test("named by the request leave first, and a lack is said and filled by the oldest", () => {
    const { chain, run, lots } = started();
    chain.issue(a, 10n, 0);
    chain.issue(a, 10n, 1);
    chain.move(a, b, 4n, 2, { lotAcquiredOn: firstDay + 1 });
    chain.move(a, b, 8n, 3, { lotAcquiredOn: firstDay + 1 });
    const steps = run();
    expect(lots(a)).toEqual([[0, 8]]);
    expect(steps.map((step) => step.effect.lotShortfall)).toEqual([0n, 0n, 0n, 2n]);
    expect(steps[3]!.effect.lots.map((lot) => lot.units)).toEqual([2n, 6n]);
  });
});

describe("holds", () => {
  test("that were ordered, cancelled, matched or filled in part leave title where it is until they execute", () => {
    const { chain, run, state } = started();
    chain.issue(a, 100n, 0);
    const ordered = chain.hold(a, b, 40n, 1);
    chain.onHold("HOLD_ACCEPTED", ordered, 40n, 1);
    const cancelled = chain.hold(a, c, 20n, 1);
    chain.onHold("HOLD_RELEASED", cancelled, 20n, 1);
    const escrow = chain.hold(a, c, 30n, 1);
    chain.onHold("HOLD_EXECUTED", escrow, 10n, 1);
    run();
    const title = [...state.holdings].map(([of, { units, encumbered }]) => [of, units, encumbered]);
    expect(title).toEqual([
      [a, 90n, 60n],
      [c, 10n, 0n],
    ]);
  });

  test("encumber, are accepted, execute into a new lot of the hold's dates", () => {
    const { chain, run, state, lots } = started();
    chain.issue(a, 10n, 0);
    const hold = chain.hold(a, b, 4n, 1, { acquiredOn: firstDay + 2, lotAcquiredOn: firstDay });
    run();
    expect(state.holdings.get(a)).toMatchObject({ units: 10n, encumbered: 4n });
    chain.onHold("HOLD_ACCEPTED", hold, 4n, 1);
    run();
    expect(state.holds.get(hold.ref)).toMatchObject({ accepted: true, target: b, units: 4n, kind: 1 });
    chain.onHold("HOLD_EXECUTED", hold, 4n, 3);
    const [executed] = run();
    expect(executed!.effect.hold).toMatchObject({ units: 0n, toSeq: 4 });
    expect(state.holds.size).toBe(0);
    expect(state.holdings.get(a)).toMatchObject({ units: 6n, encumbered: 0n });
    // The word's first digit is the hold's kind (1), not the flag that keeps dates.
    expect(lots(b)).toEqual([[2, 4]]);
  });

  test("are lowered by part and released for the rest", () => {
    const { chain, run, state } = started();
    chain.issue(a, 10n);
    const hold = chain.hold(a, b, 6n);
    chain.onHold("HOLD_EXECUTED", hold, 2n);
    run();
    expect(state.holds.get(hold.ref)).toMatchObject({ units: 4n, toSeq: null });
    expect(state.holdings.get(a)).toMatchObject({ units: 8n, encumbered: 4n });
    chain.onHold("HOLD_RELEASED", hold, 4n);
    run();
    expect([state.holds.size, state.holdings.get(a)?.encumbered]).toEqual([0, 0n]);
  });

  test("change controller and expiry, never units", () => {
    const { chain, run, state } = started();
    chain.issue(a, 10n);
    const hold = chain.hold(a, zeroAddress, 6n, 0, { kind: 3, controller: b });
    const data = holdWord({ kind: 3, controller: c, expiryMinutes: 9 });
    chain.onHold("HOLD_CHANGED", hold, 6n, 0, { data, to: a });
    run();
    expect(state.holds.get(hold.ref)).toMatchObject({
      controller: c,
      expiryMinutes: 9,
      units: 6n,
      target: null,
    });
    expect(state.holdings.get(a)?.encumbered).toBe(6n);
  });
});

test("holders are persons, not wallets", () => {
  const { chain, run, state } = started();
  chain.issue(account(0), 5n);
  chain.issue(account(1), 5n);
  chain.issue(b, 5n);
  run();
  expect([state.holders, state.units]).toEqual([2, 15n]);
  chain.move(account(0), account(1), 5n);
  chain.redeem(b, 5n);
  run();
  expect([state.holders, state.units, state.holdings.size]).toEqual([1, 10n, 1]);
});

test("lines that move nothing are lines all the same", () => {
  const { chain, run, state } = started();
  const policy = encodePolicy({ lot: 1n, approvalRequired: true });
  chain.emit("POLICY", { data: policy, basis: 0 });
  chain.emit("TERMS", { data: uintWord(7n), basis: 20 });
  chain.emit("MARK", { from: a, basis: 13 });
  const steps = run();
  expect(state).toMatchObject({ seq: 3, policy, units: 0n, holders: 0 });
  expect(steps[2]!.effect.from).toEqual({ account: a, person: personOf(a) });
});

describe("an entry that cannot be true is refused and leaves the state alone", () => {
  const stranger = account(998);
  const known = (of: string) => (of === stranger ? undefined : personOf(of));
  type Chain = ReturnType<typeof createChain>;
  test.each<[string, string, (chain: Chain) => void]>([
    ["NEGATIVE", "more than the account has", (chain) => chain.move(a, b, 11n)],
    ["NEGATIVE", "more than is free", (chain) => chain.redeem(a, 7n)],
    ["NEGATIVE", "from an account without units", (chain) => chain.move(c, b, 1n)],
    ["NEGATIVE", "a hold on more than is free", (chain) => chain.hold(a, b, 7n)],
    ["NEGATIVE", "more than the hold has", (chain) => chain.onHold("HOLD_EXECUTED", chain.entries[1]!, 5n)],
    ["BAD_PAYLOAD", "a move of nothing", (chain) => chain.move(a, b, 0n)],
    ["BAD_PAYLOAD", "a move to itself", (chain) => chain.move(a, a, 1n)],
    ["BAD_PAYLOAD", "an issue from somebody", (chain) => chain.emit("ISSUE", { from: a, to: b, units: 1n })],
    [
      "BAD_PAYLOAD",
      "a redemption to somebody",
      (chain) => chain.emit("REDEEM", { from: a, to: b, units: 1n }),
    ],
    ["BAD_PAYLOAD", "a transfer to nobody", (chain) => chain.emit("TRANSFER", { from: a, units: 1n })],
    ["BAD_PAYLOAD", "a hold of kind 7", (chain) => chain.hold(a, b, 1n, 0, { kind: 7 })],
    ["BAD_PAYLOAD", "a hold of nothing", (chain) => chain.hold(a, b, 0n)],
    [
      "BAD_PAYLOAD",
      "another's hold",
      (chain) => chain.onHold("HOLD_RELEASED", { ...chain.entries[1]!, from: b }),
    ],
    [
      "BAD_PAYLOAD",
      "a change of a hold's units",
      (chain) => chain.onHold("HOLD_CHANGED", chain.entries[1]!, 3n),
    ],
    ["BAD_PAYLOAD", "more units than a column holds", (chain) => chain.issue(b, 2n ** 63n - 1n)],
    [
      "BAD_PAYLOAD",
      "an entry beyond the column",
      (chain) => chain.emit("MARK", { units: 2n ** 63n, basis: 13 }),
    ],
    ["HOLD_EXISTS", "a hold's id twice", (chain) => chain.onHold("HOLD_CREATED", chain.entries[1]!, 1n)],
    ["UNKNOWN_HOLD", "no such hold", (chain) => chain.onHold("HOLD_RELEASED", chain.entries[0]!, 1n)],
    ["UNKNOWN_ACCOUNT", "units to an unregistered account", (chain) => chain.move(a, stranger, 1n)],
    ["UNKNOWN_BASIS", "no such legal basis", (chain) => chain.emit("ISSUE", { to: a, units: 1n, basis: 21 })],
  ])("%s: %s", (fault, _what, emit) => {
    const { chain, run, state } = started();
    chain.issue(a, 10n);
    chain.hold(a, b, 4n);
    run();
    const before = structuredClone(state);
    emit(chain);
    expect(() => advance(state, chain.entries[2]!, known)).toThrow(
      expect.objectContaining({ fault, seq: 3 }),
    );
    expect(state).toEqual(before);
  });

  test.each([
    ["GAP", { seq: 4 }],
    ["HEAD_DIFFERS", { units: 2n }],
    ["HEAD_DIFFERS", { kind: 15 }],
  ] as const)("%s: %o", (fault, change) => {
    const { chain, run, state } = started();
    chain.issue(a, 10n);
    chain.issue(b, 10n);
    run();
    const next = chain.issue(c, 1n);
    expect(() => fold(state, { ...next, ...change }, personOf)).toThrow(expect.objectContaining({ fault }));
  });

  test("UNKNOWN_KIND, rightly chained", () => {
    const chain = createChain();
    chain.emit("ISSUE", {});
    const seq = 1;
    const state = emptyState();
    const entry = { ...chain.entries[0]!, kind: 18 };
    expect(() => fold(state, { ...entry, head: headOf(entry) }, personOf)).toThrow(
      expect.objectContaining({ fault: "UNKNOWN_KIND", seq }),
    );
  });
});
