import { createStates } from "@genbo/database/register/write-load";
import type { Pool, Queryable } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
import { advance } from "@genbo/register/fold";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { account, createChain } from "../../register/test/chain.ts";
import { writeIssue } from "./register-rows.ts";

/** Each person has two accounts that follow each other. */
const personOf = (address: string): string => `0x${(BigInt(address) >> 1n).toString(16).padStart(24, "0")}`;
const addresses = Array.from({ length: 4_000 }, (_, n) => account(n + 1));
/** A holding, and for half of them an account and its person's other one with theirs. */
const rowsEach = 4;

interface Node {
  Plans?: Node[];
  "Actual Rows": number;
  "Actual Loops": number;
}

const rowsRead = ({ Plans: below, ...node }: Node): number =>
  below === undefined
    ? node["Actual Rows"] * node["Actual Loops"]
    : below.reduce((sum, each) => sum + rowsRead(each), 0);

/** Runs queries, and counts the rows that they read of tables. */
function counting(pool: Pool): { db: Queryable; rows(): number } {
  let rows = 0;
  const query = async (text: string, values: unknown[]) => {
    const explained = await pool.query(`explain (analyze, format json) ${text}`, values);
    rows += rowsRead(explained.rows[0]["QUERY PLAN"][0].Plan);
    return pool.query(text, values);
  };
  return { db: { query: query as Queryable["query"] }, rows: () => rows };
}

test("a state costs the same to load however many others hold, and however often", async () => {
  const owner = (await createTestDatabase()).pool("genbo");
  const chain = createChain();
  for (const address of addresses) chain.issue(address, 10n);
  for (const address of addresses) chain.move(address, address === account(1) ? account(2) : account(1), 1n);
  const { issueId } = await writeIssue(owner, chain.entries, personOf);
  const asked = addresses.slice(1_000, 1_200);
  const counted = counting(owner);
  // All of the units of the first ones leave, so that their persons' accounts are counted.
  const leaving = new Map(asked.map((address, n) => [address, n < 100 ? 9n : 8n]));
  const touched = { issueId, accounts: new Set(asked), holds: new Set<string>(), leaving };
  const states = await createStates().load(counted.db, [touched], () => undefined);
  const { holdings, accountsOfPerson } = states.get(issueId)!;
  expect(asked.map((address) => holdings.get(address)?.units)).toEqual(asked.map(() => 9n));
  expect(holdings.get(addresses[0]!)).toBeUndefined();
  const counts = asked.map((address) => accountsOfPerson.get(personOf(address)));
  expect(counts).toEqual(asked.map((_, n) => (n < 100 ? 2 : undefined)));
  expect(counted.rows()).toBeLessThan(asked.length * rowsEach);
});

/** An issue with an open hold in the register, and how the states of lots that name holds are loaded. */
async function withHold() {
  const owner = (await createTestDatabase()).pool("genbo");
  const chain = createChain();
  chain.issue(account(1), 10n);
  const hold = chain.hold(account(1), account(2), 4n);
  const { issueId } = await writeIssue(owner, chain.entries, personOf);
  const states = createStates();
  const load = async (...holds: string[]) => {
    const accounts = new Set([account(1), account(2)]);
    const touched = { issueId, accounts, leaving: new Map(), holds: new Set(holds) };
    return (await states.load(owner, [touched], () => undefined)).get(issueId)!;
  };
  return { chain, hold, states, load };
}

test("what is in memory is counted: accounts and open holds, and not the ids of those that have ended", async () => {
  const { hold, states, load } = await withHold();
  for (let lot = 0; lot < 10; lot += 1) await load(hold.ref, refOf("ended", lot));
  expect(states.size()).toBe(3);
});

test("a hold that ended in a lot that is not written yet stays ended, though the database has it still", async () => {
  const { chain, hold, load } = await withHold();
  const state = await load(hold.ref);
  advance(state, chain.onHold("HOLD_RELEASED", hold), personOf);
  await load(hold.ref);
  expect(state.holds.has(hold.ref)).toBe(false);
});

test("of an issue that is in memory since before its first entry nothing is asked for", async () => {
  const pool = (await createTestDatabase()).pool("genbo");
  const chain = createChain();
  const hold = refOf("hold");
  const states = createStates();
  const asked: string[] = [];
  const db = {
    query: (text: string, values: unknown[]) => {
      asked.push(text);
      return pool.query(text, values);
    },
  } as Queryable;
  const load = async (...accounts: string[]) => {
    const touched = {
      issueId: "iss_1",
      accounts: new Set(accounts),
      leaving: new Map(),
      holds: new Set([hold]),
    };
    return (await states.load(db, [touched], personOf)).get("iss_1")!;
  };
  const state = await load(account(1));
  const steps = [advance(state, chain.issue(account(1), 10n), personOf)];
  await load(account(1), account(2));
  steps.push(advance(state, chain.move(account(1), account(2), 10n), personOf));
  for (const step of steps) states.checkCounted("iss_1", step);
  expect(asked).toHaveLength(1);
  expect(state.holdings.get(account(2))?.units).toBe(10n);
  expect(states.size()).toBe(2);
});
