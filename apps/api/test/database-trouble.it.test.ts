import { randomUUID } from "node:crypto";
import { skewMsMax } from "@genbo/database/server/clock-skew";
import { createPool, createPrisma } from "@genbo/database/sql/connection";
import { beforeAll, expect, it, vi } from "vitest";
import { buildApp } from "../src/app.ts";
import { asker } from "./support/ask.ts";
import { customer } from "./support/samples.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

it.each([
  [
    "is read-only",
    "set default_transaction_read_only = on",
    "reset default_transaction_read_only",
    "read-only",
  ],
  ["is at its connection limit", "connection limit 0", "connection limit -1", "takes no more connections"],
])(
  "a database that %s is named with what to do; the same request succeeds once it is over",
  async (what, on, off, text) => {
    const key = randomUUID();
    const register = () => world.ask(world.broker.secret, "registerInvestor", { body: customer(what), key });
    // Known before, so that the refusal comes from the write itself.
    expect((await world.ask(world.broker.secret, "listEvents")).status).toBe(200);
    await world.db.alter(on);
    await expect.poll(async () => (await register()).problem.detail, { timeout: 10_000 }).toContain(text);
    const refused = await register();
    expect([refused.status, refused.code, refused.problem.retryable]).toEqual([503, "NOT_READY", true]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await world.db.alter(off);
    await expect.poll(async () => (await register()).status, { timeout: 10_000 }).toBe(201);
    const { rows } = await world.owner.query(
      "select count(*)::int as count from investor where external_id = $1",
      [what],
    );
    expect(rows[0].count).toBe(1);
  },
);

it("a statement that takes longer than it may is named, and the request may be sent again", async () => {
  const pool = createPool(world.db.urls.genbo_api, { statementTimeoutMs: 200, max: 2 });
  const app = await buildApp({ ...world.ctx, pool, prisma: createPrisma(pool) });
  const [key, body] = [randomUUID(), customer("slow")];
  const register = () => asker(app)(world.broker.secret, "registerInvestor", { body, key });
  const blocker = await world.owner.connect();
  await blocker.query("begin; lock table tax_status in access exclusive mode");
  const refused = await register();
  expect([refused.status, refused.code, refused.problem.retryable]).toEqual([503, "NOT_READY", true]);
  expect(refused.problem.detail).toContain("took longer over a statement");
  await blocker.query("rollback");
  blocker.release();
  await expect.poll(async () => (await register()).status, { timeout: 30_000 }).toBe(201);
  await app.close();
  await pool.end();
});

it("a clock that is an hour off is named in /status, and a right one is not", async () => {
  const skew = async () => (await world.ask(null, "status")).body.clockSkewMs;
  expect(Math.abs(await skew())).toBeLessThan(skewMsMax);
  const hourMs = 3_600_000;
  for (const aheadMs of [hourMs, -hourMs]) {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + aheadMs, shouldAdvanceTime: true });
    try {
      expect(Math.abs((await skew()) + aheadMs)).toBeLessThan(skewMsMax);
    } finally {
      vi.useRealTimers();
    }
  }
});
