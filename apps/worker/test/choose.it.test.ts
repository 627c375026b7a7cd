import { batchRowsMax } from "@genbo/chain/gas";
import { urgencyOf } from "@genbo/chain/urgency";
import type { Command } from "@genbo/database/outbox/outbox";
import { promote } from "@genbo/database/outbox/queue";
import { withTransaction } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
import { beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { choose, createTurns, type Turns } from "../src/choose.ts";
import { candidatesFirst, fairEvery } from "../src/limits.ts";

const at = new Date("2022-03-10T01:00:00Z");
const address = (name: string) => `0x${Buffer.from(name).toString("hex").padStart(40, "0")}`;
const [broker, trustee] = [address("broker"), address("trustee")];
const [issueA, issueB] = [address("A"), address("B")];
let database: TestDatabase;
let turns: Turns;
let operations = 0;

beforeEach(async () => {
  database = await createTestDatabase();
  turns = createTurns();
  const owner = database.pool("genbo");
  await owner.query("insert into party (id, kind, name, created_at) values ('p', 'trustee', 'P', $1)", [at]);
  await owner.query("insert into lane (signer) select unnest($1::text[])", [[broker, trustee]]);
});

interface Row {
  call?: string;
  target?: string | null;
  ref?: string;
  args: Record<string, unknown>;
}

/** An operation of a lane, each row as urgent as the api makes it. @param of how many rows it says it has */
async function queue(signer: string, rows: readonly Row[], of = rows.length): Promise<void> {
  operations += 1;
  const id = `op_${operations}`;
  const calls = rows.map(({ call = "custodiedTransfer" }) => call);
  await database.pool("genbo").query(
    `with op as (
       insert into operation (id, ref, party_id, kind, state, maker, rows, request_id, accepted_at, updated_at)
       values ($1, $2, 'p', 'k', 'accepted', 'm', $3, 'r', $4, $4) returning id
     )
     insert into command (operation_id, row, signer, call, target, ref, args, priority)
     select op.id, t.n, $5, t.call, t.target, t.ref, t.args::jsonb, t.priority
     from op, unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::smallint[])
       with ordinality as t (call, target, ref, args, priority, n) order by t.n`,
    [
      ...[id, refOf(id), rows.length, at, signer, calls],
      rows.map(({ target = issueA }) => target),
      rows.map(({ ref }, row) => ref ?? refOf(id, row)),
      rows.map(({ args }) => JSON.stringify(args)),
      calls.map((call) => urgencyOf(call, of)),
    ],
  );
}

const move = (from: string, to: string, more: Partial<Row> = {}): Row => ({ ...more, args: { from, to } });
const record = (wallet: string): Row => ({ call: "setRecords", target: null, args: { wallet } });
const moves = (count: number, name: string, more: Partial<Row> = {}) =>
  Array.from({ length: count }, (_, n) => move(`${name} ${n}`, `${name} to ${n}`, more));

/** One turn of a lane: takes what it chooses, as the lane does, and makes urgent what others wait for. */
async function turn(signer: string): Promise<Command[]> {
  const pool = database.pool("genbo_worker");
  const { batch, awaited } = await withTransaction(pool, async (tx) => {
    const choice = await choose(tx, signer, turns, async (queued) => [...queued]);
    const ids = choice.batch.map(({ id }) => id);
    const text = `with t as (
        insert into chain_tx (signer, nonce, hash, raw, call, state, created_at)
        select $1, (select count(*) from chain_tx), $2, '', 'c', 'stored', $3 where $4::bigint[] <> '{}' returning id
      )
      update command set state = 'taken', chain_tx_id = t.id, tx_row = 0 from t where command.id = any($4)`;
    await tx.query(text, [signer, refOf(`${signer} ${operations} ${ids.join()}`), at, ids]);
    return choice;
  });
  for (const { id, priority } of awaited) await promote(pool, [id], priority);
  return batch;
}

const mineAll = () =>
  database
    .pool("genbo")
    .query("update chain_tx set state = 'mined', block_number = 1, reverted = false where state <> 'mined'");
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
  await mineAll();
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
  await mineAll();
  expect(await turn(broker), "the second one has not gone").toEqual([]);
  expect(walletsOf(await turn(trustee))).toEqual(["customer"]);
  await mineAll();
  expect(walletsOf(await turn(broker))).toEqual(["customer"]);
});

test("a legal act holds back a later transfer in another lane from the accounts in its rows", async () => {
  await queue(trustee, [{ call: "createHolds", args: { rows: [{ account: "debtor", units: "1" }] } }]);
  await queue(broker, [move("debtor", "x"), move("free", "y")]);
  expect(accounts(await turn(broker))).toEqual(["free"]);
  await turn(trustee);
  expect(await turn(broker)).toEqual([]);
  await mineAll();
  expect(accounts(await turn(broker))).toEqual(["debtor"]);
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
  await database
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
  const owner = database.pool("genbo");
  await queue(broker, moves(2_000, "long ago"));
  await owner.query("update command set state = 'entered'");
  await owner.query("vacuum analyze command");
}

/** What reads more pages than it may of what is asked for the lane's next batch, and all that is asked. */
async function dearQuestions(signer: string, last: readonly Row[]) {
  const pages = new Map<string, number>();
  await withTransaction(database.pool("genbo"), async (tx) => {
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
    const { batch } = await choose(counting as never, signer, turns, async (queued) => [...queued]);
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
