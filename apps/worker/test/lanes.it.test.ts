import { storeTransaction } from "@genbo/database/outbox/chain-tx";
import { leaseLanes, lockLane, releaseLanes, setLaneStopped } from "@genbo/database/outbox/lanes";
import { withTransaction } from "@genbo/database/sql/connection";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";

const signer = (digit: string) => `0x${digit.repeat(40)}`;

test("a lane has one holder at a time; a new one takes it over only when the lease is over or let go", async () => {
  const pool = (await createTestDatabase()).pool("genbo_worker");
  await pool.query("insert into lane (signer) values ($1), ($2)", [signer("a"), signer("b")]);
  const first = await leaseLanes(pool, "one", 60_000);
  expect(first.map(({ fence }) => fence)).toEqual([1n, 1n]);
  expect(await leaseLanes(pool, "two", 60_000)).toEqual([]);
  expect(await leaseLanes(pool, "one", 60_000), "renewing keeps the fence").toEqual(first);
  await releaseLanes(pool, "one");
  expect((await leaseLanes(pool, "two", 0)).map(({ fence }) => fence)).toEqual([2n, 2n]);
  expect(
    (await leaseLanes(pool, "one", 60_000)).map(({ fence }) => fence),
    "a lease of no time is over",
  ).toEqual([3n, 3n]);
});

test("what a paused worker still tries under its old fence changes nothing", async () => {
  const database = await createTestDatabase();
  const pool = database.pool("genbo_worker");
  await pool.query("insert into lane (signer) values ($1)", [signer("a")]);
  const [old] = await leaseLanes(pool, "old", 0);
  const [held] = await leaseLanes(pool, "new", 60_000);
  const store = (lane: NonNullable<typeof old>) =>
    withTransaction(pool, async (tx) => {
      const nonce = await lockLane(tx, lane);
      if (nonce === undefined) return false;
      const hash = `0x${"1".repeat(64)}`;
      await storeTransaction(tx, lane, {
        nonce,
        hash,
        raw: Buffer.from([1]),
        call: "issue",
        createdAt: new Date(),
      });
      return true;
    });
  expect(await store(old!)).toBe(false);
  await setLaneStopped(pool, old!, { reason: "somebody says so", nonceTaken: true });
  expect(await store(held!)).toBe(true);
  await setLaneStopped(pool, held!, { reason: "enough", nonceTaken: false });
  expect(await store(held!), "a stopped lane takes nothing").toBe(false);
  const { rows } = await pool.query("select next_nonce, stopped_reason from lane");
  expect(rows).toEqual([{ next_nonce: 1n, stopped_reason: "enough" }]);
});

test("many workers leasing and letting go at once neither wait for each other nor share a lane", async () => {
  const pool = (await createTestDatabase()).pool("genbo_worker");
  const signers = Array.from({ length: 40 }, (_, index) => `0x${index.toString(16).padStart(40, "0")}`);
  await pool.query("insert into lane (signer) select unnest($1::text[])", [signers]);
  const holders = Array.from({ length: 6 }, (_, index) => `worker ${index}`);
  for (let round = 0; round < 10; round += 1) {
    const leases = await Promise.all(holders.map((holder) => leaseLanes(pool, holder, 60_000)));
    const all = leases.flat().map(({ signer: each }) => each);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(signers.length);
    await Promise.all(holders.map((holder) => releaseLanes(pool, holder)));
  }
});
