import { holdKinds } from "@genbo/domain/entry-kinds";
import { zeroAddress } from "@genbo/domain/words";
import { describe, expect, test } from "vitest";
import { advance } from "../src/fold.ts";
import type { EntryFields } from "../src/head.ts";
import { emptyState } from "../src/state.ts";
import { account, createChain, firstDay, holdWord, personOf } from "./chain.ts";

// Accounts 0 and 1 are two wallets of one person.
const [debtor, other, bank] = [account(0), account(1), account(4)];

function started() {
  const chain = createChain();
  const state = emptyState();
  let done = 0;
  const run = () => {
    for (; done < chain.entries.length; done++) advance(state, chain.entries[done]!, personOf);
  };
  const held = (of = debtor) => {
    const { units = 0n, encumbered = 0n, lots = [] } = state.holdings.get(of) ?? {};
    return { units, encumbered, lots: lots.map((lot) => [lot.acquiredOn - firstDay, Number(lot.units)]) };
  };
  chain.issue(debtor, 4n, 0);
  chain.issue(debtor, 6n, 1);
  const pledge = chain.hold(debtor, bank, 7n, 1, { kind: holdKinds.PLEDGE, controller: bank });
  run();
  return { chain, state, run, held, pledge };
}

/** An attachment of 8 of 10 units of which 7 are pledged: it gets 3 and waits for 5. */
function attached() {
  const all = started();
  const data = { kind: holdKinds.ATTACHMENT, controller: bank };
  const attachment = all.chain.hold(debtor, debtor, 8n, 2, data);
  const cover = (units: bigint, more = {}) =>
    all.chain.onHold("HOLD_CHANGED", attachment, units, 2, { basis: 16, ...more });
  cover(3n);
  all.run();
  const hold = () => all.state.holds.get(attachment.ref);
  return { ...all, attachment, cover, hold };
}

describe("an attachment behind a pledge", () => {
  test("encumbers what is free and waits for the rest [CEA 145] [TA 200(2)]", () => {
    const { held, hold } = attached();
    expect(held()).toMatchObject({ units: 10n, encumbered: 10n });
    expect(hold()).toMatchObject({ units: 3n, claimed: 8n, toSeq: null });
  });

  test("takes what the pledge frees", () => {
    const { chain, pledge, cover, run, held, hold } = attached();
    chain.onHold("HOLD_RELEASED", pledge, 7n, 3, { basis: 12 });
    cover(8n);
    run();
    expect(held().encumbered).toBe(8n);
    expect(hold()).toMatchObject({ units: 8n, claimed: 8n });
  });

  test("goes on waiting when what it has is executed, and may end with nothing", () => {
    const { chain, attachment, run, held, hold } = attached();
    chain.onHold("HOLD_EXECUTED", attachment, 3n, 3, { to: bank });
    run();
    expect(hold()).toMatchObject({ units: 0n, claimed: 5n, toSeq: null });
    expect(held()).toMatchObject({ units: 7n, encumbered: 7n });
    chain.onHold("HOLD_RELEASED", attachment, 0n, 3);
    run();
    expect(hold()).toBeUndefined();
    expect(held().encumbered).toBe(7n);
  });

  test("never gets more than it claims", () => {
    const { cover, run } = attached();
    cover(9n);
    expect(run).toThrow("it changes the units of a hold");
  });
});

/** A pledge that claims 6 of the 7 units that are pledged already. */
function pledgedTwice() {
  const all = started();
  const pledgee = account(6);
  const second = all.chain.hold(debtor, pledgee, 0n, 2, { kind: holdKinds.PLEDGE, controller: pledgee });
  const rank = (more: Partial<EntryFields> = {}) =>
    all.chain.onHold("HOLD_RANKED", second, 6n, 2, { to: debtor, data: all.pledge.ref, ...more });
  const hold = () => all.state.holds.get(second.ref);
  return { ...all, pledgee, second, rank, hold };
}

describe("a pledge behind a pledge", () => {
  test("claims units of the first, which are encumbered once [TA 200(2)] [CA 693]", () => {
    const { rank, run, held, hold, pledge, pledgee } = pledgedTwice();
    rank();
    run();
    expect(held()).toMatchObject({ units: 10n, encumbered: 7n });
    expect(hold()).toMatchObject({ units: 0n, claimed: 6n, behind: pledge.ref, target: pledgee });
  });

  test("stands on them once the first has ended, and is executed in favour of its own pledgee", () => {
    const { chain, rank, pledge, second, run, held, hold, pledgee } = pledgedTwice();
    rank();
    chain.onHold("HOLD_RELEASED", pledge, 7n, 3, { basis: 12 });
    chain.onHold("HOLD_CHANGED", second, 6n, 3, { to: debtor });
    run();
    expect([held().encumbered, hold()]).toMatchObject([6n, { units: 6n, claimed: 6n, toSeq: null }]);
    chain.onHold("HOLD_EXECUTED", second, 6n, 4);
    run();
    expect([held().units, held(pledgee).units, hold()]).toEqual([4n, 6n, undefined]);
  });

  test.each<[string, Partial<EntryFields>]>([
    ["nothing", { units: 0n }],
    ["another account", { to: other }],
  ])("cannot rank on %s", (_, more) => {
    const { rank, run } = pledgedTwice();
    rank(more);
    expect(run).toThrow("it ranks no new pledge");
  });

  test("ranks once, and no other kind of hold does", () => {
    const { chain, rank, pledge, run } = pledgedTwice();
    rank();
    run();
    rank();
    expect(run).toThrow("it ranks no new pledge");
    chain.takeBack();
    chain.onHold("HOLD_RANKED", pledge, 7n, 2, { to: debtor });
    expect(run).toThrow("it ranks no new pledge");
  });
});

describe("an assigned pledge", () => {
  test("is its new pledgee's, with its units and rank [TA 200(2)] [CA 693]", () => {
    const { chain, pledge, second, rank, run, state } = pledgedTwice();
    rank();
    const data = holdWord({ kind: holdKinds.PLEDGE, controller: other });
    chain.onHold("HOLD_ASSIGNED", second, 0n, 3, { to: account(8), data });
    chain.onHold("HOLD_ASSIGNED", pledge, 7n, 3, { to: account(8), data });
    run();
    expect(state.holds.get(second.ref)).toMatchObject({ target: account(8), controller: other, claimed: 6n });
    expect(state.holds.get(pledge.ref)).toMatchObject({ target: account(8), units: 7n, data });
  });

  test.each<[string, Partial<EntryFields>]>([
    ["its pledgor", { to: debtor }],
    ["nobody", { to: zeroAddress }],
    ["another with other units", { units: 6n, to: account(8) }],
    ["another as another kind of hold", { to: account(8), data: holdWord({ kind: holdKinds.LOCKUP }) }],
  ])("never goes to %s", (_, more) => {
    const { chain, pledge, run } = started();
    chain.onHold("HOLD_ASSIGNED", pledge, 7n, 3, more);
    expect(run).toThrow("it assigns no pledge");
  });
});

test("a lost wallet's holds go with their units and dates to the same person's other wallet [TA 186(iv)]", () => {
  const { chain, pledge, run, held, state } = started();
  chain.onHold("HOLD_CHANGED", pledge, 7n, 4, { to: other, basis: 19 });
  chain.emit("RECOVERY", { from: debtor, to: other, units: 3n, basis: 19 }, 4);
  run();
  expect(held()).toEqual({ units: 0n, encumbered: 0n, lots: [] });
  expect(held(other)).toEqual({
    units: 10n,
    encumbered: 7n,
    lots: [
      [0, 4],
      [1, 6],
    ],
  });
  expect([state.holders, state.accounts]).toEqual([1, 1]);
  expect(state.holds.get(pledge.ref)?.account).toBe(other);
  // Its end is on the new wallet.
  chain.onHold("HOLD_RELEASED", pledge, 7n, 5, { from: other });
  run();
  expect(held(other).encumbered).toBe(0n);
});

test("a hold is never carried to another person, or in part", () => {
  for (const [to, units, fault] of [
    [bank, 7n, "another person"],
    [other, 6n, "changes the units"],
    [zeroAddress, 7n, "without an account"],
  ] as const) {
    const { chain, pledge, run } = started();
    chain.onHold("HOLD_CHANGED", pledge, units, 4, { to });
    expect(run).toThrow(fault);
  }
});

test("frozen units are claimed, not encumbered, and may exceed the holding", () => {
  const { chain, run, held, state } = started();
  const frozen = chain.hold(debtor, debtor, 50n, 2, { kind: holdKinds.FREEZE });
  run();
  expect(held().encumbered).toBe(7n);
  expect(state.holds.get(frozen.ref)).toMatchObject({ units: 0n, claimed: 50n });
  chain.onHold("HOLD_CHANGED", frozen, 0n, 3);
  run();
  expect(state.holds.get(frozen.ref)).toMatchObject({ units: 0n, claimed: 0n, toSeq: null });
});

test("only an attachment waits", () => {
  const { chain, run } = started();
  chain.emit("HOLD_CREATED", { from: debtor, to: debtor, units: 1n, data: holdWord({ kind: 3 }) });
  expect(run).toThrow("cannot wait");
});
