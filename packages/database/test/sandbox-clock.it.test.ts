import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { initSandboxClock, openSandboxClock } from "@genbo/database/server/sandbox-clock";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";

const start = new Date("2021-08-11T00:00:00+09:00");
const hour = 3_600_000;

test("every process follows the clock, forward only, also after its connection broke", async () => {
  const database = await createTestDatabase();
  await initSandboxClock(database.pool("genbo"), start);
  await initSandboxClock(database.pool("genbo"), new Date());
  const api = await openSandboxClock(database.pool("genbo_api"), database.urls.genbo_api);
  const worker = await openSandboxClock(database.pool("genbo_worker"), database.urls.genbo_worker);
  const near = (date: Date) => Math.abs(date.getTime() - start.getTime());
  expect(near(worker.now())).toBeLessThan(5_000);

  await expect(api.advance(new Date(start.getTime() - hour))).rejects.toThrow(RangeError);
  await api.advance(new Date(start.getTime() + 24 * hour));
  await expect.poll(() => worker.offsetMs(), { interval: 2, timeout: 500 }).toBe(api.offsetMs());

  await database.pool("genbo_indexer").query("select 1");
  const sessions =
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'genbo_worker' and pid <> pg_backend_pid()";
  await database.pool("genbo_worker").query(sessions);
  await api.advance(new Date(start.getTime() + 48 * hour));
  await expect.poll(() => worker.offsetMs(), { interval: 20, timeout: 5_000 }).toBe(api.offsetMs());
  await sleep(10);
  expect(near(worker.now())).toBeGreaterThan(47 * hour);
  await Promise.all([api.close(), worker.close()]);
});

test("a clock that is not set does not open, and leaves no session behind", async () => {
  const database = await createTestDatabase();
  const pool = database.pool("genbo_api");
  await expect(openSandboxClock(pool, database.urls.genbo_api)).rejects.toThrow("has not been set");
  const sessions = "select count(*)::int as open from pg_stat_activity where datname = current_database()";
  // The one that asks.
  await expect.poll(async () => (await pool.query(sessions)).rows).toEqual([{ open: 1 }]);
});

test("a database that does not take the first connection is not tried again", async () => {
  const database = await createTestDatabase();
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `postgresql://genbo@127.0.0.1:${(server.address() as AddressInfo).port}/genbo`;
  await expect(openSandboxClock(database.pool("genbo_api"), url)).rejects.toThrow();
  await sleep(700);
  expect(taken).toBe(1);
  server.close();
});
