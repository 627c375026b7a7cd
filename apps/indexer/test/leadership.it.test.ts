import { tryLead } from "@genbo/database/sql/leader";
import type { IndexerService } from "@genbo/indexer/service";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket();
const issue = await market.issue();
const wallets = await market.wallets(0, 20);

const issuance = () =>
  market.run(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 1n)),
    { issueId: issue.id },
  );
const leads = (service: IndexerService) => stack.until("it leads", async () => service.leads(), 6_000);
/** Ends the leader's session as a cut cable would: its process lives on. */
const cutLeader = () =>
  stack.database.asSuperuser((db) =>
    db.query(
      `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
       where l.locktype = 'advisory' and l.granted and d.datname = current_database()`,
    ),
  );

test("of two indexers one writes, and the other takes over within five seconds", async () => {
  const first = stack.indexer.current()!;
  const second = await stack.indexer.start();
  expect(await issuance()).toMatchObject({ state: "entered", rows_entered: 20 });
  expect([first.leads(), second.leads()]).toEqual([true, false]);
  await first.stop();
  const stopped = performance.now();
  await leads(second);
  expect(performance.now() - stopped).toBeLessThan(5_000);
  expect(await issuance()).toMatchObject({ state: "entered", rows_entered: 20 });
});

test("an indexer that lost its session cannot write, and goes on without a gap once it leads again", async () => {
  expect(await tryLead(stack.database.urls.genbo_indexer), "nobody else can lead meanwhile").toBeUndefined();
  const running = Array.from({ length: 5 }, () => issuance());
  for (let round = 0; round < 3; round += 1) {
    await cutLeader();
    await new Promise((done) => setTimeout(done, 150));
  }
  for (const operation of await Promise.all(running)) {
    expect(operation).toMatchObject({ state: "entered", rows_entered: 20 });
  }
  const { rows } = await stack.owner.query(
    "select count(*)::integer as entries, max(seq)::integer as last from entry where issue_id = $1",
    [issue.id],
  );
  expect(rows[0]).toEqual({ entries: 142, last: 142 });
});

test("whose connection fails while it asks for the lead is told so, and can ask again", async () => {
  const url = stack.database.urls.genbo_indexer;
  // A lock that PostgreSQL cannot take: the statement fails as one does whose session was ended.
  await expect(tryLead(url, { lock: 1n << 64n })).rejects.toThrow("out of range");
  const leadership = await tryLead(url, { lock: 7_777n });
  expect(leadership).toBeDefined();
  await leadership!.resign();
});
