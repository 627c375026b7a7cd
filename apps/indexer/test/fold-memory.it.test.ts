import type { ChainBlock } from "@genbo/chain/blocks";
import { registerTables } from "@genbo/database/reconcile/rebuild-tables";
import { cursorOf } from "@genbo/database/register/cursor";
import { withTransaction } from "@genbo/database/sql/connection";
import { tryLead } from "@genbo/database/sql/leader";
import { silentLog } from "@genbo/domain/log";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHistory } from "../../../test/bench/fold-history.ts";
import { createHistory } from "../../../test/bench/history.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { type Market, type MarketIssue, openMarket } from "../../../test/support/market.ts";
import { type StackInProcess, startStackInProcess } from "../../../test/support/stack-in-process.ts";
import { applyLot } from "../src/apply-lot.ts";
import { NotNext } from "../src/enter-lot.ts";
import { enterLots } from "../src/enter-lots.ts";

/** A block names some of the accounts only, and persons have two. */
const plan = {
  ...{ issues: 3, holders: 400, entries: 3_000, accountsEach: 2 },
  from: new Date("2024-01-01T00:00:00Z"),
};
const history = createHistory(plan);
const blocks = [...history.blocks()];

/** Lots of one block, written into that database. */
async function openLots(database: TestDatabase) {
  await openHistory(database.urls, history, plan);
  const leadership = (await tryLead(database.urls.genbo_indexer))!;
  const pool = database.pool("genbo_indexer");
  const { deployment, issues } = history;
  const facts = { codeHashes: new Map(issues.map(({ token, ref }) => [token, ref])), revertCodes: new Map() };
  const cursor = () => cursorOf(pool);
  const context = { now: plan.from, log: silentLog };
  const lots = async () =>
    enterLots(await cursor(), {
      db: pool,
      log: silentLog,
      plan: async ([first]) => ({
        blocks: [first!],
        closes: false,
        facts,
        deployment,
        quarantined: new Set(),
      }),
      write: (prepared, from) => leadership.transaction((tx) => applyLot(tx, prepared, from, context)),
    });
  return { pool, leadership, lots };
}

async function enterAll(
  lots: ReturnType<typeof enterLots>,
  some: readonly ChainBlock[],
  next?: readonly ChainBlock[],
): Promise<void> {
  for await (const { done } of lots.enter(some, { next: () => next })) expect(done).toHaveProperty("cursor");
}

const rowsOf = async ({ pool }: Awaited<ReturnType<typeof openLots>>) =>
  Object.fromEntries(
    await Promise.all(
      [...registerTables, "event"].map(async (table) => [
        table,
        (await pool.query(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`)).rows,
      ]),
    ),
  );

describe("lots that are folded ahead, with states from memory", () => {
  test("give row for row what lots give whose states are read from the database, one after the other", async () => {
    const ahead = await openLots(await createTestDatabase());
    for (let from = 0; from < blocks.length; from += 3)
      await enterAll(await ahead.lots(), blocks.slice(from, from + 3));
    const alone = await openLots(await createTestDatabase());
    for (const block of blocks) await enterAll(await alone.lots(), [block]);
    const [one, other] = [await rowsOf(ahead), await rowsOf(alone)];
    expect(one.entry.length).toBeGreaterThanOrEqual(plan.entries);
    expect(one.holding_period.length).toBeGreaterThan(plan.entries);
    expect(one).toEqual(other);
    const { rows, resign } = await enteredWithNext();
    expect(rows).toEqual(other);
    await Promise.all([ahead.leadership.resign(), alone.leadership.resign(), resign()]);
  });

  /** The next reading is known while the last lot of one is written; now and then other blocks come than were told. */
  async function enteredWithNext() {
    const opened = await openLots(await createTestDatabase());
    const lots = await opened.lots();
    const starts = Array.from({ length: Math.ceil(blocks.length / 3) }, (_, n) => n * 3);
    const readings = starts.map((from) => blocks.slice(from, from + 3));
    for (const [n, reading] of readings.entries()) {
      const next = readings[n + 1] ?? [];
      await enterAll(lots, reading, n % 4 === 3 ? next.slice(0, 2) : next);
    }
    return { rows: await rowsOf(opened), resign: () => opened.leadership.resign() };
  }

  test("are not written over a register that somebody else has moved, nor over figures that are others", async () => {
    const { pool, leadership, lots } = await openLots(await createTestDatabase());
    const mine = await lots();
    const half = blocks.length >> 1;
    await enterAll(mine, blocks.slice(0, half));
    await pool.query("update chain_cursor set block_number = block_number");
    await expect(enterAll(mine, blocks.slice(half, half + 1))).rejects.toThrow(NotNext);
    const anew = await lots();
    await enterAll(anew, blocks.slice(half, half + 1));
    await pool.query("update issue_state set units = units + 1 where issue_id = $1", [history.issues[0]!.id]);
    await expect(enterAll(anew, blocks.slice(half + 1))).rejects.toThrow(NotNext);
    const { rows } = await pool.query("select block_number::integer as block from chain_cursor");
    expect(rows).toEqual([{ block: half + 1 }]);
    await leadership.resign();
  });
});

describe("an indexer that goes on", () => {
  let stack: StackInProcess;
  let market: Market;
  let issue: MarketIssue;
  let wallets: string[];
  beforeAll(async () => {
    stack = await startStackInProcess();
    market = await openMarket(stack);
    issue = await market.issue();
    wallets = await market.wallets(0, 2);
    await market.run("issuance", [market.issueRow(issue, wallets[0]!, 10n)]);
  });
  afterAll(() => stack?.stop());

  test("takes what a switch has put in the register's place, at the very block at which it stands", async () => {
    const [from, to] = wallets as [string, string];
    const move = () => market.run("transfer", [market.transferRow(issue, 0, from, to, 2n)]);
    expect(await move()).toMatchObject({ state: "entered" });
    const { rows } = await stack.owner.query("select max(seq) as seq from entry where issue_id = $1", [
      issue.id,
    ]);
    // As a rebuild would: other lots of the same units, and a cursor written by somebody else.
    await withTransaction(stack.owner, async (tx) => {
      await tx.query(
        `update holding_period set lots = '[["2019-05-01", "8"]]' where issue_id = $1 and account = $2 and units = 8`,
        [issue.id, from],
      );
      await tx.query("update chain_cursor set block_number = block_number");
    });
    expect(await move()).toMatchObject({ state: "entered" });
    const found = await stack.owner.query(
      "select lots from entry where issue_id = $1 and seq > $2 and from_account = $3",
      [issue.id, rows[0].seq, from],
    );
    expect(found.rows).toEqual([{ lots: [["2019-05-01", "2"]] }]);
  });
});
