import { createStates } from "@genbo/database/register/write-load";
import type { Pool, Queryable } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
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

test("what is in memory is counted: accounts, and holds, of which each request makes one", async () => {
  const pool = (await createTestDatabase()).pool("genbo");
  const states = createStates();
  const touched = (holds: number[]) => ({
    issueId: "iss_1",
    ...{ accounts: new Set([account(1), account(2)]), leaving: new Map() },
    holds: new Set(holds.map((n) => refOf("hold", n))),
  });
  for (const holds of [[1, 2], [2, 3], [3]]) await states.load(pool, [touched(holds)], () => undefined);
  expect(states.size()).toBe(5);
});
