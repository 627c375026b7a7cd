import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpc } from "@genbo/chain/rpc";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { createPool, type Pool } from "@genbo/database/sql/connection";
import { exitOf } from "@genbo/domain/tether";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  entriesOnChain,
  holdingsInRegister,
  holdingsOf,
  type Market,
  openMarket,
  startTrading,
} from "../consortium/market.ts";
import { stackFolder } from "../support/stack-folder.ts";

const { dataDir, remove } = stackFolder("reindex");
const main = join(import.meta.dirname, "../../apps/cli/src/main.ts");
let stack: Stack;
let market: Market;
let owner: Pool;

beforeAll(async () => {
  stack = await startStack({ dataDir });
  owner = createPool(stack.urls.database.genbo, { max: 2 });
  market = await openMarket(stack, 20);
}, 180_000);
afterAll(async () => {
  await owner?.end();
  await stack?.stop();
  remove();
});

/** The command as an operator types it. */
async function genbo(...args: string[]) {
  const child = spawn(process.execPath, [main, "reindex", "--data", dataDir, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  const { code } = await exitOf(child);
  return { code, said: Buffer.concat(parts).toString() };
}
const trustee = () => market.parties.secrets.trustee;
const get = async (path: string) => {
  const response = await fetch(`${stack.urls.api}/v1/issues/${market.issueId}/${path}`, {
    headers: { authorization: `Bearer ${trustee()}` },
  });
  const text = await response.text();
  // A list without a moment tells of its reading: the rows alone are the same.
  const isFixed = path.includes("asOf") || !response.ok;
  return { status: response.status, text: isFixed ? text : JSON.stringify(JSON.parse(text).items) };
};

test("reads go on while the register is rebuilt and switched, with the same bytes, and nothing that enters is lost", async () => {
  const [last] = (
    await owner.query("select max(seq) as seq from entry where issue_id = $1", [market.issueId])
  ).rows;
  const pages = [
    `register?asOf=entry:${last.seq}`,
    `register?asOf=entry:${last.seq}&limit=7`,
    `register?asOf=entry:9&knownAt=entry:${last.seq}`,
    `register/entries?limit=20`,
    `proof?asOf=entry:${last.seq}`,
    `register/book?purpose=check&asOf=entry:${last.seq}`,
  ];
  const expected = await Promise.all(pages.map(get));
  expect(expected.map(({ status }) => status)).toEqual(pages.map(() => 200));
  const trading = startTrading(market, 20);
  let reads = 0;
  const wrong = new Set<string>();
  const done = new AbortController();
  const reading = pages.map(async (page, index) => {
    while (!done.signal.aborted) {
      const found = await get(page);
      reads += 1;
      if (found.status !== 200 || found.text !== expected[index]!.text)
        wrong.add(`${page}: ${found.status} ${found.text}`);
      await sleep(2);
    }
  });
  for (let round = 0; round < 3; round += 1) {
    const { code, said } = await genbo("--switch", "--anew");
    expect(said).toContain("Switched");
    expect(code).toBe(0);
  }
  done.abort();
  await Promise.all(reading);
  const operations = await trading.stop();
  expect([...wrong]).toEqual([]);
  expect(reads).toBeGreaterThan(100);
  for (const id of operations)
    expect(await market.parties.as.SBI.waitForOperation(id)).toMatchObject({ state: "entered" });
  const rpc = createRpc([stack.urls.chain]);
  expect(await holdingsInRegister(market)).toEqual(holdingsOf(await entriesOnChain(rpc, market.token)));
  rpc.close();
  const { rows } = await owner.query(
    "select count(*)::integer as count, max(id)::integer as last from event",
  );
  expect(rows[0].count).toBe(rows[0].last);
  expect((await genbo("--json")).code).toBe(0);
}, 180_000);

test("a proof that was made of a tampered row is forgotten with it", async () => {
  const account = market.accounts[3]!;
  const { seq } = (await owner.query("select seq from issue_state where issue_id = $1", [market.issueId]))
    .rows[0];
  const root = async () => JSON.parse((await get(`proof?asOf=entry:${seq}`)).text).root;
  const right = await root();
  const standing =
    "issue_id = $1 and account = $2 and from_seq = (select max(from_seq) from holding_period where issue_id = $1 and account = $2)";
  const { rows } = await owner.query(`select lots from holding_period where ${standing}`, [
    market.issueId,
    account,
  ]);
  const lots = JSON.stringify(rows[0].lots.map(([, units]: [string, number]) => ["2001-01-01", units]));
  await owner.query(`update holding_period set lots = $3 where ${standing}`, [market.issueId, account, lots]);
  // The api that has kept the right tree is killed: the next one reads the tampered row.
  await stack.kill("api");
  await stack.ready("api");
  const wrong = await root();
  expect(wrong).not.toBe(right);
  const found = await genbo();
  expect(found.code).toBe(1);
  expect(found.said).toContain(`holding_period ${market.issueId}, account ${account}`);
  expect((await genbo("--switch")).code).toBe(0);
  await expect.poll(root).toBe(right);
}, 120_000);
