import { randomUUID } from "node:crypto";
import { requestsOfPartyMax, requestsUnderWayMax } from "@genbo/api-schema/limits";
import { silentLog } from "@genbo/domain/log";
import { beforeAll, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { type OutboxLimit, watchOutbox } from "../src/process/outbox-limit.ts";
import { asker } from "./support/ask.ts";
import { customer } from "./support/samples.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

async function withLimit<T>(rows: number, act: (ask: World["ask"], outbox: OutboxLimit) => Promise<T>) {
  const outbox = watchOutbox(world.ctx.pool, silentLog, rows);
  const app = await buildApp({ ...world.ctx, outbox });
  try {
    return await act(asker(app), outbox);
  } finally {
    await app.close();
    await outbox.close();
  }
}

const queued = async (): Promise<number> => {
  const { rows } = await world.owner.query(
    "select count(*)::int as count from command where state = 'queued'",
  );
  return rows[0].count;
};

it("a full outbox takes nothing more, says when to come back, and keeps what it has", async () => {
  const investors: string[] = [];
  for (const name of ["O-1", "O-2", "O-3", "O-4"]) {
    const { body } = await world.ask(world.broker.secret, "registerInvestor", { body: customer(name) });
    investors.push(body.id);
  }
  const room = 3;
  await withLimit((await queued()) + room, async (ask, outbox) => {
    await expect.poll(outbox.waiting).toBe(await queued());
    const register = (investorId: string, key: string) =>
      ask(world.broker.secret, "registerWallet", { body: { investorId }, key });
    const keys = investors.map(() => randomUUID());
    for (let at = 0; at < room; at += 1) expect((await register(investors[at]!, keys[at]!)).status).toBe(202);
    const before = await queued();
    const refused = await register(investors[3]!, keys[3]!);
    expect([refused.status, refused.code, refused.problem.retryable]).toEqual([503, "OUTBOX_FULL", true]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(10);
    expect(await queued()).toBe(before);

    const again = await register(investors[0]!, keys[0]!);
    expect([again.status, again.headers["idempotency-hit"]]).toEqual([202, "true"]);
    expect((await ask(null, "ready")).status).toBe(200);
    expect((await ask(world.broker.secret, "listOperations")).status).toBe(200);

    await world.owner.query(
      "update command set state = 'failed' where id = (select max(id) from command where state = 'queued')",
    );
    await expect
      .poll(async () => (await register(investors[3]!, keys[3]!)).status, { timeout: 10_000 })
      .toBe(202);
  });
});

it("while too many requests are under way, further ones are turned away at once; the others are served", async () => {
  const { pool } = world.ctx;
  const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const list = (of = world.broker) => world.ask(of.secret, "listEvents");
  const waiting = Array.from({ length: requestsUnderWayMax }, (_, at) =>
    list(at % 2 === 0 ? world.broker : world.other),
  );
  await expect.poll(() => pool.waitingCount).toBeGreaterThan(0);
  const refused = await list();
  expect([refused.status, refused.code, Number(refused.headers["retry-after"])]).toEqual([503, "BUSY", 1]);
  expect((await world.ask(null, "health")).status).toBe(200);
  for (const client of held) client.release();
  const answers = await Promise.all(waiting);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await list()).status).toBe(200);
});

it("one party's requests leave room for the others, however long they take", async () => {
  let begun = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const pool = new Proxy(world.ctx.pool, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== "query") return typeof value === "function" ? value.bind(target) : value;
      return async (query: { name?: string }, ...rest: unknown[]) => {
        if (query.name === "register-head") {
          begun += 1;
          await released;
        }
        return Reflect.apply(value, target, [query, ...rest]);
      };
    },
  });
  const app = await buildApp({ ...world.ctx, pool });
  const ask = asker(app);
  const nobodys = { params: { id: "exp_0192aaaaaaaa7bbb8cccdddddddddddd" } };
  const waiting = Array.from({ length: requestsOfPartyMax }, () => ask(world.broker.secret, "listEvents"));
  await expect.poll(() => begun, { timeout: 30_000 }).toBe(requestsOfPartyMax);
  expect((await ask(world.broker.secret, "getExport", nobodys)).code).toBe("BUSY");
  expect((await ask(world.other.secret, "getExport", nobodys)).code).toBe("NOT_FOUND");
  release();
  const answers = await Promise.all(waiting);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await ask(world.broker.secret, "getExport", nobodys)).code).toBe("NOT_FOUND");
  await app.close();
});

it("long commands, each of which asks the database while it holds a connection, take turns", async () => {
  const params = { id: world.trustee.partyId };
  const asked = Array.from({ length: 3 * world.ctx.pool.options.max }, (_, at) =>
    world.ask(world.trustee.secret, "createKey", { params, body: { subject: `staff:turn-${at}` } }),
  );
  const answers = await Promise.all(asked);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
});
