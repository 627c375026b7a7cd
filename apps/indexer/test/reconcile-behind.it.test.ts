import type { Rpc } from "@genbo/chain/rpc";
import { tryLead } from "@genbo/database/sql/leader";
import { newId } from "@genbo/domain/ids";
import { afterAll, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { reconcileAsAsked } from "../src/reconcile.ts";
import { askReconciliation, foundBy } from "./asking.ts";

// An issue that is one unit off its contract, and no indexer but the one that a test makes.
const { stack, market } = await startMarket();
const issue = await market.issue();
const [to = ""] = await market.wallets(0, 1);
await market.run("issuance", [market.issueRow(issue, to, 3n)]);
await stack.indexer.stop();
await stack.owner.query("update issue_state set units = units + 1 where issue_id = $1", [issue.id]);
const leadership = (await tryLead(stack.database.urls.genbo_indexer))!;
afterAll(() => leadership.resign());

/** A difference is asked about four times before it counts. */
const batchesOfTurn = 4;

/** A break of the issue that compliance has closed; what it held back has not entered yet. */
async function closedBreak(): Promise<string> {
  const id = newId("brk", stack.clock.now());
  await stack.owner.query(
    `insert into register_break (id, issue_id, kind, detail, block_number, opened_at, closed_at, closed_by, closed_checker, reason)
     values ($1, $2, 'HEAD_DIFFERS', '{"nextSeq": 3}', 1, now(), now(), 'staff:a', 'staff:b', 'mended')`,
    [id, issue.id],
  );
  return id;
}

const resumed = (id: string) =>
  stack.owner.query("update register_break set resumed_at = now() where id = $1", [id]);

/** Answers one reconciliation. @param meanwhile happens between the reading of the register and that of the contract */
async function reconcile(meanwhile: () => Promise<unknown> = async () => undefined) {
  const id = await askReconciliation(stack, issue.id);
  const { rpc } = stack.anvil();
  const batch: Rpc["batch"] = async (calls) => {
    await meanwhile();
    return rpc.batch(calls);
  };
  const ended = new AbortController();
  const pool = stack.database.pool("genbo_indexer");
  const context = { pool, leadership, clock: stack.clock, log: stack.log, rpc: { ...rpc, batch } };
  const running = reconcileAsAsked(context, ended.signal);
  const done = await stack.until("it is answered", () => foundBy(stack, id));
  ended.abort();
  await running;
  return done;
}

test("what a closed break still holds back is named, but is no second break", async () => {
  const held = await closedBreak();
  const { differences, break_id } = await reconcile();
  expect(differences).not.toEqual([]);
  expect(break_id).toBeNull();
  await resumed(held);
});

test("nor is it when it entered while the reconciliation looked at the state before", async () => {
  const held = await closedBreak();
  expect((await reconcile(() => resumed(held))).break_id).toBeNull();
});

test("what was read is compared anew when the register went back meanwhile", async () => {
  const cursorHash = (hash: string) =>
    stack.owner.query(
      `update chain_block b set hash = $1 from chain_cursor c where b.number = c.block_number and b.hash <> $1`,
      [hash],
    );
  const [{ hash } = { hash: "" }] = (
    await stack.owner.query<{ hash: string }>("select block_hash as hash from chain_cursor")
  ).rows;
  const held = await closedBreak();
  let turns = 0;
  // Other lines stand in the register's place while the first turn asks the contract; then those that it read again.
  await reconcile(async () => {
    turns += 1;
    await cursorHash(turns <= batchesOfTurn ? `0x${"0".repeat(64)}` : hash);
  });
  expect(turns).toBeGreaterThan(batchesOfTurn);
  await resumed(held);
});

test("a difference that stays afterwards is a break", async () => {
  expect((await reconcile()).break_id).toMatch(/^brk_/);
});
