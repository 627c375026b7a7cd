import { randomUUID } from "node:crypto";
import { requestsOfPartyMax, requestsUnderWayMax } from "@genbo/api-schema/limits";
import { silentLog } from "@genbo/domain/log";
import { beforeAll, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { type OutboxLimit, watchOutbox } from "../src/process/outbox-limit.ts";
import { asker } from "./support/ask.ts";
import { customer } from "./support/samples.ts";
import { pledgeOf } from "./support/successes-legal.ts";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

/** Several counts. */
const patiently = { timeout: 20_000 };

async function withLimit<T>(
  limits: { rowsMax: number; legalRows: number },
  act: (ask: World["ask"], outbox: OutboxLimit) => Promise<T>,
) {
  const outbox = watchOutbox(world.ctx.pool, silentLog, limits);
  const app = await buildApp({ ...world.ctx, outbox });
  try {
    // What waits from before counts from the first count on.
    await expect.poll(outbox.waiting, patiently).toBe(await queued());
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
/** As if the worker had sent so much that so many of these are left. */
const send = async (where: string, left = 0): Promise<void> => {
  await world.owner.query(
    `update command set state = 'entered' where id in
       (select id from command where state = 'queued' and ${where} order by id offset $1)`,
    [left],
  );
};

interface Sender {
  partyId: string;
  secret: string;
}
const signerOf = async ({ partyId }: Sender): Promise<string> =>
  (await world.owner.query("select signer from party where id = $1", [partyId])).rows[0].signer;
const customerOf = async (broker: Sender): Promise<string> => {
  const { body } = await world.ask(broker.secret, "registerInvestor", { body: customer(randomUUID()) });
  return body.id;
};
/** A wallet for a new customer: one row that waits. */
const wallet = async (ask: World["ask"], of: Sender) =>
  ask(of.secret, "registerWallet", { body: { investorId: await customerOf(of) } });
/** How many wallets a broker registers until it is turned away, and how. */
async function untilRefused(ask: World["ask"], outbox: OutboxLimit, broker: Sender) {
  let exact = false;
  for (let taken = 0; ; ) {
    const { status, code, headers } = await wallet(ask, broker);
    if (status === 202) {
      taken += 1;
      exact = false;
    } else if (exact) return { taken, code, status, after: headers["retry-after"] };
    // A count that runs beside an acceptance may have its row twice until the next one.
    else {
      await expect.poll(async () => outbox.waiting() === (await queued()), patiently).toBe(true);
      exact = true;
    }
  }
}

it("a party may have as many rows waiting as there is room left, so the next always finds some", async () => {
  await send("true");
  const third = await world.admit("broker", "staff:broker-of-share");
  await send("true");
  await withLimit({ rowsMax: 42, legalRows: 10 }, async (ask, outbox) => {
    const turnedAway = { code: "OUTBOX_SHARE", status: 429, after: "10" };
    expect(await untilRefused(ask, outbox, world.broker)).toEqual({ taken: 16, ...turnedAway });
    expect(await untilRefused(ask, outbox, world.other)).toEqual({ taken: 8, ...turnedAway });
    expect(await untilRefused(ask, outbox, third)).toEqual({ taken: 4, ...turnedAway });
    expect(await queued()).toBe(28);
    // Once others' rows are sent there is room for it again; once its own are, too.
    await send(`signer = '${await signerOf(world.other)}'`);
    await expect.poll(outbox.waiting, patiently).toBe(20);
    expect((await untilRefused(ask, outbox, world.broker)).taken).toBe(0);
    await send(`signer = '${await signerOf(world.broker)}'`, 2);
    await expect.poll(outbox.waiting, patiently).toBe(6);
    expect((await untilRefused(ask, outbox, world.broker)).taken).toBe(12);
  });
});

it("counts what other processes have accepted for the same party", async () => {
  await send("true");
  await withLimit({ rowsMax: 16, legalRows: 0 }, async (ask, outbox) => {
    // Through another process, which this one can know from the database alone.
    for (let at = 0; at < 8; at += 1) expect((await wallet(world.ask, world.broker)).status).toBe(202);
    await expect.poll(outbox.waiting, patiently).toBe(8);
    expect(await untilRefused(ask, outbox, world.broker)).toMatchObject({ taken: 0, code: "OUTBOX_SHARE" });
    expect((await untilRefused(ask, outbox, world.other)).taken).toBe(4);
  });
});

it("a full outbox takes nothing more, says when to come back, and keeps what it has", async () => {
  const [investorId, laterId] = [await customerOf(world.broker), await customerOf(world.broker)];
  const keys = new Map([investorId, laterId].map((id) => [id, randomUUID()]));
  const register = (ask: World["ask"], id: string) =>
    ask(world.broker.secret, "registerWallet", { body: { investorId: id }, key: keys.get(id)! });
  await send("true");
  await withLimit({ rowsMax: 8, legalRows: 4 }, async (ask, outbox) => {
    expect((await register(ask, investorId)).status).toBe(202);
    await fill(world.other, 3);
    await expect.poll(outbox.waiting, patiently).toBe(4);
    const refused = await register(ask, laterId);
    expect([refused.status, refused.code, refused.problem.retryable]).toEqual([503, "OUTBOX_FULL", true]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(10);
    expect(await queued()).toBe(4);

    const again = await register(ask, investorId);
    expect([again.status, again.headers["idempotency-hit"]]).toEqual([202, "true"]);
    expect((await ask(null, "ready")).status).toBe(200);
    expect((await ask(world.broker.secret, "listOperations")).status).toBe(200);

    await send(`signer = '${await signerOf(world.other)}'`);
    await expect.poll(async () => (await register(ask, laterId)).status, patiently).toBe(202);
  });
});

it("however much waits, a case and the stop of an issue are taken: their room is kept, and theirs alone", async () => {
  const trade = await traded(world);
  const issueId = await world.activeIssue();
  const filing = { params: { id: trade.issueId }, body: pledgeOf(trade) as never };
  const { body: filed } = await world.ask(world.broker.secret, "fileCase", filing);
  await send("true");
  await fill(world.other, 10);
  await withLimit({ rowsMax: 12, legalRows: 2 }, async (ask, outbox) => {
    expect((await wallet(ask, world.broker)).code).toBe("OUTBOX_FULL");
    const approved = await ask(world.trustee.secret, "approveCase", { params: { id: filed.id }, body: {} });
    expect([approved.status, approved.body.rows]).toEqual([202, 1]);
    await expect.poll(outbox.waiting, patiently).toBe(11);
    const pause = { kind: "PAUSE", reason: "障害" } as never;
    const stop = (id: string) => ask(world.trustee.secret, "proposeChange", { params: { id }, body: pause });
    expect((await stop(issueId)).status).toBe(202);
    expect((await stop(trade.issueId)).code).toBe("OUTBOX_FULL");
  });
});

/** So many rows of a party wait, which another process has taken. */
async function fill(of: Sender, rows: number): Promise<void> {
  for (let at = 0; at < rows; at += 1) await wallet(world.ask, of);
}

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
