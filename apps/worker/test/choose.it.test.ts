import { batchRowsMax } from "@genbo/chain/gas";
import { orderWallet } from "@genbo/chain/order-wallet";
import { orderArgs } from "@genbo/chain/orders";
import type { Command } from "@genbo/database/outbox/outbox";
import { withTransaction } from "@genbo/database/sql/connection";
import { beforeEach, expect, test } from "vitest";
import { choose } from "../src/choose.ts";
import { candidatesFirst, fairEvery, streamsTriedMax } from "../src/limits.ts";
import {
  address,
  another,
  broker,
  createLaneQueue,
  issueA,
  issueB,
  type LaneQueue,
  move,
  moves,
  type Row,
  record,
  trustee,
} from "./lane-queue.ts";

let lanes: LaneQueue;
beforeEach(async () => {
  lanes = await createLaneQueue();
});

const queue: LaneQueue["queue"] = (...of) => lanes.queue(...of);
const turn: LaneQueue["turn"] = (signer) => lanes.turn(signer);
const accounts = (batch: readonly Command[]) => batch.map(({ args }) => args.from ?? args.account);

test("a single command goes before the rows of a file, and a legal act before both", async () => {
  await queue(broker, moves(300, "file"));
  await queue(broker, [move("one", "two", { target: issueB })]);
  const act = { call: "createHolds", args: { rows: [{ account: "debtor" }] } };
  await queue(broker, [act]);
  expect((await turn(broker)).map(({ call }) => call)).toEqual(["createHolds"]);
  expect(accounts(await turn(broker))).toEqual(["one"]);
  expect(accounts(await turn(broker))[0]).toBe("file 0");
});

test("a batch is filled from beyond the first commands where these are of other calls", async () => {
  const others = Array.from({ length: 2 * candidatesFirst }, (_, n) => ({
    call: "acceptTransfers",
    args: { account: `accepts ${n}` },
  }));
  await queue(broker, [...moves(1, "first"), ...others, ...moves(300, "later")]);
  const batch = await turn(broker);
  expect(new Set(batch.map(({ call }) => call))).toEqual(new Set(["custodiedTransfer"]));
  expect(batch).toHaveLength(batchRowsMax("custodiedTransfer"));
});

test("a file of one issue does not wait for the whole of another's", async () => {
  await queue(broker, moves(600, "A"));
  await queue(broker, moves(600, "B", { target: issueB }));
  const targets = [await turn(broker), await turn(broker), await turn(broker)].map(
    ([first]) => first!.target,
  );
  expect(targets).toEqual([issueA, issueB, issueA]);
});

test("rows of a file go on under a stream of single commands of other issues", async () => {
  await queue(broker, moves(300, "file"));
  const served: unknown[] = [];
  for (let n = 0; n < fairEvery; n += 1) {
    await queue(broker, [move(`one ${n}`, "x", { target: issueB })]);
    served.push((await turn(broker))[0]!.target);
  }
  expect(served).toContain(issueA);
});

test.each(["custodiedTransfer", "createHolds"])(
  "streams of %s that wait for other lanes hold up neither another's single command nor a file",
  async (call) => {
    const issues = Array.from({ length: 2 * streamsTriedMax }, (_, n) => address(`issue ${10 + n}`));
    const debtors = issues.map((target, n) => move(`debtor ${n}`, "x", { target }));
    await queue(trustee, debtors);
    for (const { target, args } of debtors)
      await queue(broker, [
        { call, target: target!, args: call === "createHolds" ? { rows: [{ account: args.from }] } : args },
      ]);
    await queue(broker, [move("one", "x", { target: address("issue 98") })]);
    await queue(broker, moves(200, "file", { target: address("issue 99") }));
    const went: unknown[] = [];
    for (let n = 0; n < 4 * fairEvery; n += 1) went.push(...accounts(await turn(broker)));
    expect(went).toEqual(expect.arrayContaining(["one", "file 0", "file 199"]));
    expect(went).toHaveLength(201);
  },
);

test("what is urgent still waits for an earlier command of its account, which then is as urgent", async () => {
  await queue(broker, [...moves(400, "file"), move("seller", "x")]);
  await queue(broker, [move("seller", "y")]);
  const order: unknown[] = [];
  for (let n = 0; n < 6; n += 1) order.push(...accounts(await turn(broker)));
  const [first, second] = order.flatMap((from, n) => (from === "seller" ? [n] : []));
  expect(second! - first!).toBe(1);
  expect(first, "before the rows of the file that came before it").toBeLessThan(400);
});

test("of two commands that give to and take from one account the earlier one goes first", async () => {
  await queue(broker, [...moves(400, "file"), move("x", "middle")]);
  await queue(broker, [move("middle", "y")]);
  const order: string[] = [];
  for (let n = 0; n < 6; n += 1)
    order.push(...(await turn(broker)).map(({ args }) => `${args.from}>${args.to}`));
  expect(order.indexOf("x>middle")).toBeGreaterThanOrEqual(0);
  expect(order.indexOf("x>middle")).toBeLessThan(order.indexOf("middle>y"));
});

test("a transfer waits for the record of its account, which is of no issue, and a record for the transfers before it", async () => {
  await queue(broker, [...moves(200, "file").map(({ args }) => record(String(args.from))), record("seller")]);
  await queue(broker, [move("seller", "x")]);
  await queue(broker, [record("x")]);
  const order: string[] = [];
  for (let n = 0; n < 6; n += 1)
    order.push(...(await turn(broker)).map(({ call, args }) => `${call} ${args.wallet ?? args.from}`));
  const places = ["setRecords seller", "custodiedTransfer seller", "setRecords x"].map((each) =>
    order.indexOf(each),
  );
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("another lane's later command of an account waits until a block holds the earlier one, other accounts do not", async () => {
  await queue(broker, [...moves(400, "file"), move("debtor", "x")]);
  await queue(trustee, [
    { call: "redeem", args: { from: "debtor" } },
    { call: "redeem", args: { from: "free" } },
  ]);
  expect(accounts(await turn(trustee))).toEqual(["free"]);
  expect(await turn(trustee)).toEqual([]);
  expect(accounts(await turn(broker)), "the earlier one has become urgent").toContain("debtor");
  expect(await turn(trustee), "no block holds it yet").toEqual([]);
  await lanes.mineAll();
  expect(accounts(await turn(trustee))).toEqual(["debtor"]);
});

test("an account's records go in the order in which they were decided, whatever lanes they wait in", async () => {
  const walletsOf = (batch: readonly Command[]) => batch.map(({ args }) => args.wallet);
  await queue(broker, [record("customer"), record("another")]);
  await queue(trustee, [record("customer"), record("a third")]);
  await queue(broker, [record("customer")]);
  expect(walletsOf(await turn(trustee))).toEqual(["a third"]);
  expect(walletsOf(await turn(broker))).toEqual(["customer", "another"]);
  expect(await turn(trustee), "no block holds the first one yet").toEqual([]);
  await lanes.mineAll();
  expect(await turn(broker), "the second one has not gone").toEqual([]);
  expect(walletsOf(await turn(trustee))).toEqual(["customer"]);
  await lanes.mineAll();
  expect(walletsOf(await turn(broker))).toEqual(["customer"]);
});

test("a legal act holds back a later transfer in another lane from the accounts in its rows", async () => {
  await queue(trustee, [{ call: "createHolds", args: { rows: [{ account: "debtor", units: "1" }] } }]);
  await queue(broker, [move("debtor", "x"), move("free", "y")]);
  expect(accounts(await turn(broker))).toEqual(["free"]);
  await turn(trustee);
  expect(await turn(broker)).toEqual([]);
  await lanes.mineAll();
  expect(accounts(await turn(broker))).toEqual(["debtor"]);
});

test("an order that a wallet signed goes after what came before it for the wallet, whoever relays it", async () => {
  const wallet = orderWallet();
  const relayed = (to: string): Row => ({
    call: "relay",
    args: orderArgs(wallet.order({ to: address(to) }), "0x"),
  });
  await queue(trustee, [
    { call: "recover", args: { lost: wallet.address, replacement: "new", holdIds: [] } },
  ]);
  await queue(broker, [relayed("x")]);
  await queue(another, [relayed("y")]);
  const relayedTo = (batch: readonly Command[]) => batch.map(({ args }) => args.to);
  expect(relayedTo(await turn(broker))).toEqual([]);
  await turn(trustee);
  await lanes.mineAll();
  expect(relayedTo(await turn(another))).toEqual([]);
  expect(relayedTo(await turn(broker))).toEqual([address("x")]);
  expect(relayedTo(await turn(another)), "no block holds the first one yet").toEqual([]);
  await lanes.mineAll();
  expect(relayedTo(await turn(another))).toEqual([address("y")]);
});

test("units that come in from another lane hold nothing back", async () => {
  await queue(trustee, [{ call: "issue", args: { to: "seller" } }]);
  await queue(broker, [move("seller", "x")]);
  expect(accounts(await turn(broker))).toEqual(["seller"]);
});

test("a lane that has stopped holds up no other", async () => {
  await queue(broker, [move("debtor", "x")]);
  await queue(trustee, [{ call: "redeem", args: { from: "debtor" } }]);
  expect(await turn(trustee)).toEqual([]);
  await lanes.database
    .pool("genbo")
    .query("update lane set stopped_reason = 'somebody has its key' where signer = $1", [broker]);
  expect(accounts(await turn(trustee))).toEqual(["debtor"]);
});

test("what changes the whole issue goes neither before what came earlier nor after what came later", async () => {
  await queue(broker, moves(200, "before"));
  await queue(broker, [{ call: "setPaused", args: { paused: true } }]);
  await queue(broker, [move("after", "x")]);
  const calls: string[] = [];
  for (let n = 0; n < 6; n += 1)
    calls.push(...(await turn(broker)).map(({ call, args }) => String(args.from ?? call)));
  expect(calls.indexOf("setPaused")).toBe(200);
  expect(calls.indexOf("after")).toBe(201);
});

/** Pages of the database that one question for a batch may cost: some for each of its accounts. */
const pagesMax = 150;

/** PostgreSQL believes from here on that hardly any command waits. */
async function believeInNone(): Promise<void> {
  const owner = lanes.database.pool("genbo");
  await queue(broker, moves(2_000, "long ago"));
  await owner.query("update command set state = 'entered'");
  await owner.query("vacuum analyze command");
}

/** What reads more pages than it may of what is asked for the lane's next batch, and all that is asked. */
async function dearQuestions(signer: string, last: readonly Row[]) {
  const pages = new Map<string, number>();
  await withTransaction(lanes.database.pool("genbo"), async (tx) => {
    const counting = {
      query: async (query: { name: string; text: string; values: unknown[] }) => {
        const { name, text, values } = query;
        const explained = await tx.query(`explain (analyze, buffers, format json) ${text}`, values);
        const { Plan } = explained.rows[0]["QUERY PLAN"][0];
        const read = Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
        pages.set(name, Math.max(pages.get(name) ?? 0, read));
        return tx.query({ text, values });
      },
    };
    await queue(signer, last);
    const { batch } = await choose(counting as never, signer, lanes.turns, async (queued) => [...queued]);
    expect(batch.length).toBeGreaterThan(0);
  });
  return { asked: [...pages.keys()], dear: [...pages].filter(([, read]) => read > pagesMax) };
}

test("what a choice costs does not grow with the commands that wait", async () => {
  await believeInNone();
  const rows = Array.from({ length: 8_000 }, (_, n) => move("seller", `buyer ${n}`));
  await queue(broker, rows);
  await queue(broker, [move("one", "two", { target: issueB })]);
  for (let n = 0; n < 12; n += 1) await turn(broker);
  const last = [move("seller", "x", { target: issueB }), move("seller", "y", { target: issueB })];
  const { asked, dear } = await dearQuestions(broker, last);
  expect(asked).toEqual(expect.arrayContaining(["queued-streams", "queued-commands"]));
  expect(dear).toEqual([]);
});

test("what the order of records costs does not grow with those that wait in another lane", async () => {
  await believeInNone();
  await queue(
    trustee,
    Array.from({ length: 8_000 }, (_, n) => record(`customer ${n}`)),
  );
  const { asked, dear } = await dearQuestions(broker, [record("one"), record("two")]);
  expect(asked).toContain("earliest-true-false-true");
  expect(dear).toEqual([]);
});
