import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket();

/** Ends every session of worker and indexer, as a restart of PostgreSQL does. */
async function endSessions(): Promise<number> {
  const { rowCount } = await stack.database.asSuperuser((db) =>
    db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename in ('genbo_worker', 'genbo_indexer')`,
    ),
  );
  return rowCount ?? 0;
}

test("worker and indexer ride out lost sessions, and nothing is lost or doubled", async () => {
  const failures: unknown[] = [];
  stack.worker.current()?.done.catch((error: unknown) => failures.push(error));
  stack.indexer.current()?.done.catch((error: unknown) => failures.push(error));
  const issue = await market.issue();
  const wallets = await market.wallets(0, 300);
  const operations = await Promise.all(
    Array.from({ length: 6 }, () =>
      market.submit(
        "issuance",
        wallets.map((to) => market.issueRow(issue, to, 1n)),
      ),
    ),
  );
  let ended = 0;
  for (let round = 0; round < 12; round += 1) {
    ended += await endSessions();
    await new Promise((done) => setTimeout(done, 20 + 40 * (round % 4)));
  }
  expect(ended).toBeGreaterThan(12);
  for (const id of operations)
    expect(await market.ended(id, 30_000)).toMatchObject({ state: "entered", rows_entered: 300 });
  const { rows } = await stack.owner.query(
    "select count(*)::integer as entries, count(distinct ref)::integer as refs, max(seq)::integer as last from entry where issue_id = $1 and kind = 1",
    [issue.id],
  );
  expect(rows[0]).toEqual({ entries: 1_800, refs: 1_800, last: 1_802 });
  expect(failures).toEqual([]);
}, 90_000);
