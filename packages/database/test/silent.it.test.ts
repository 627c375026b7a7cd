import { column } from "@genbo/database/sql/bulk";
import { createPool, withTransaction } from "@genbo/database/sql/connection";
import { copyRows } from "@genbo/database/sql/copy-rows";
import { tryLead } from "@genbo/database/sql/leader";
import { together } from "@genbo/database/sql/together";
import { databaseTrouble } from "@genbo/database/sql/unavailable";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { openTcpLink } from "../../../test/support/tcp-link.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool("genbo").query("create table silent (n int8 not null)");
});

/** A way to the database that a test can make go silent: connections stand, and nothing comes through. */
async function link() {
  const url = new URL(database.urls.genbo);
  const made = await openTcpLink(Number(url.port));
  url.port = String(made.port);
  onTestFinished(made.close);
  return { ...made, url: url.href };
}

const columns = [column<bigint>("n", "bigint", (row) => row)];
/** A statement's own time and the five seconds in which the server could have said so, with some to spare. */
const patienceMs = 9_000;

test.each([
  ["that waits for each answer", false],
  ["that does not wait", true],
])(
  "on a connection %s an answer that never comes is given up, and the connection with it",
  async (_, pipeline) => {
    const way = await link();
    const pool = createPool(way.url, { statementTimeoutMs: 200, max: 2, pipeline });
    onTestFinished(() => pool.end());
    await Promise.all([pool.query("select pg_sleep(0.05)"), pool.query("select pg_sleep(0.05)")]);
    const began = performance.now();
    const written = withTransaction(pool, async (tx) => {
      await tx.query("insert into silent values (1)");
      way.freeze();
      await together(copyRows(tx, "silent", columns, [2n, 3n]), pool.query("select 1"));
    });
    await expect(written).rejects.toSatisfy(
      (error) => databaseTrouble(error) === "The database does not answer.",
    );
    expect(performance.now() - began).toBeLessThan(patienceMs);
    way.thaw();
    await expect.poll(() => pool.totalCount).toBe(0);
    expect((await pool.query("select count(*)::int as rows from silent")).rows).toEqual([{ rows: 0 }]);
  },
  30_000,
);

test("a leader whose connection goes silent while nothing is under way knows that it has lost the lead", async () => {
  const way = await link();
  const lock = 4_711n;
  const leadership = (await tryLead(way.url, { lock }))!;
  onTestFinished(() => leadership.resign());
  expect(await tryLead(database.urls.genbo, { lock }), "it says a word now and then").toBeUndefined();
  way.freeze();
  await expect.poll(() => leadership.lost.aborted, { timeout: patienceMs }).toBe(true);
  const write = leadership.transaction((tx) => tx.query("insert into silent values (4)"));
  await expect(write).rejects.toSatisfy((error) => databaseTrouble(error) !== undefined);
  const next = (await tryLead(database.urls.genbo, { lock }))!;
  onTestFinished(() => next.resign());
  way.thaw();
  await next.transaction((tx) => tx.query("insert into silent values (5)"));
  const { rows } = await database.pool("genbo").query("select n from silent");
  expect(rows).toEqual([{ n: 5n }]);
}, 30_000);

test("a leader whose statement takes long keeps the lead", async () => {
  const leadership = (await tryLead(database.urls.genbo, { lock: 4_712n }))!;
  onTestFinished(() => leadership.resign());
  await leadership.transaction((tx) => tx.query("select pg_sleep(7)"));
  expect(leadership.lost.aborted).toBe(false);
}, 30_000);
