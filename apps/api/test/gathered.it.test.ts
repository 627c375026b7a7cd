import { lockOf } from "@genbo/database/commands/idempotency";
import { beforeAll, expect, test } from "vitest";
import { dated, order } from "./support/successes.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let decided = 0;
beforeAll(async () => {
  world = await createWorld({
    reach: (point) => {
      if (point === "api.decided") decided += 1;
    },
  });
});

type Body = ReturnType<typeof order> & typeof dated;
const send = (body: Body, key: string = unused()) =>
  world.ask(world.broker.secret, "requestTransfer", { body, key });

async function orders(count: number): Promise<Body[]> {
  const bodies: Body[] = [];
  while (bodies.length < count) bodies.push({ ...order(await traded(world)), ...dated });
  return bodies;
}

/** Holds up every write until all requests have decided what to write: then they go together. */
async function atOnce<T>(requests: readonly (() => Promise<T>)[]): Promise<T[]> {
  const [first, ...others] = requests;
  const client = await world.owner.connect();
  try {
    await client.query("begin; lock table idempotency in share mode");
    decided = 0;
    const answers = [first!()];
    await expect.poll(() => decided, { timeout: 20_000 }).toBe(1);
    answers.push(...others.map((each) => each()));
    await expect.poll(() => decided, { timeout: 20_000 }).toBe(requests.length);
    await client.query("commit");
    return await Promise.all(answers);
  } finally {
    client.release(true);
  }
}

/** Transactions in which these requests were written. */
async function transactionsOf(keys: readonly string[]): Promise<number> {
  const { rows } = await world.owner.query(
    "select count(distinct xmin::text) as n from idempotency where key = any($1)",
    [keys],
  );
  return Number(rows[0].n);
}

test("requests that come at once are written together, and each has its own answer, rows and audit row", async () => {
  const bodies = await orders(12);
  const keys = bodies.map(() => unused());
  const answers = await atOnce(bodies.map((body, at) => () => send(body, keys[at])));
  expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 202));
  expect(await transactionsOf(keys)).toBeLessThan(bodies.length);
  for (const [at, { body, text, headers }] of answers.entries()) {
    const { rows } = await world.owner.query(
      `select t.from_account, t.issue_id, o.subject_id, o.request_id, c.row, c.args->>'from' as taken, c.priority,
         i.key, i.body::text as body, i.location, a.target, a.detail->>'operationId' as audited
       from operation o join transfer t on t.id = o.subject_id join command c on c.operation_id = o.id
         join idempotency i on i.location = '/v1/operations/' || o.id join audit_row a on a.request_id = o.request_id
       where o.id = $1`,
      [body.operationId],
    );
    const { from, issueId } = bodies[at]!;
    expect(rows).toEqual([
      {
        ...{
          from_account: from,
          issue_id: issueId,
          subject_id: body.transferId,
          row: 0,
          taken: from,
          priority: 5,
        },
        ...{ key: keys[at], body: text, location: headers.location, request_id: headers["x-request-id"] },
        ...{ target: body.transferId, audited: body.operationId },
      },
    ]);
  }
});

test("of two with one key in a group one command comes, and the others of the group are accepted", async () => {
  const bodies = await orders(6);
  const key = unused();
  const keys = bodies.map((_, at) => (at < 4 ? unused() : key));
  bodies[5] = bodies[4]!;
  const answers = await atOnce(bodies.map((body, at) => () => send(body, keys[at])));
  expect(answers.slice(0, 4).map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  const twins = answers.slice(4);
  const done = twins.filter(({ status }) => status === 202);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  expect(done.filter(({ headers }) => headers["idempotency-hit"] === undefined)).toHaveLength(1);
  for (const { status, code } of twins) if (status !== 202) expect(code).toBe("REQUEST_IN_PROGRESS");
  const { rows } = await world.owner.query("select 1 from command where args->>'from' = $1", [
    bodies[4]!.from,
  ]);
  expect(rows).toHaveLength(1);
});

test("a repeat, a key that stands for something else and a key that is held spoil no other of their group", async () => {
  const [before, held, ...bodies] = await orders(7);
  const [used, busy] = [unused(), unused()];
  const first = await send(before!, used);
  const client = await world.owner.connect();
  const { partyId } = world.broker;
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock($1::bigint)", [lockOf({ partyId, key: busy })]);
  try {
    const [repeat, other, inProgress, ...answers] = await atOnce([
      () => send(before!, used),
      () => send({ ...before!, units: "3" }, used),
      () => send(held!, busy),
      ...bodies.map((body) => () => send(body)),
    ]);
    expect([repeat!.text, repeat!.headers["idempotency-hit"]]).toEqual([first.text, "true"]);
    expect([other!.status, other!.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    expect([inProgress!.status, inProgress!.code]).toEqual([409, "REQUEST_IN_PROGRESS"]);
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 202));
  } finally {
    await client.query("rollback");
    client.release();
  }
  expect((await send(held!, busy)).status).toBe(202);
  const { rows } = await world.owner.query(
    "select from_account, count(*)::int as n from transfer where from_account = any($1) group by 1",
    [[before!, held!, ...bodies].map(({ from }) => from)],
  );
  expect(rows.map(({ n }) => n)).toEqual(bodies.concat(before!, held!).map(() => 1));
});

test("one that the rules refuse is refused alone, and its refusal alone is audited as one", async () => {
  const bodies = await orders(4);
  bodies[2] = { ...bodies[2]!, units: "1000000" };
  const answers = await Promise.all(bodies.map((body) => send(body)));
  expect(answers.map(({ status, code }) => code ?? status)).toEqual([202, 202, "TRANSFER_REFUSED", 202]);
  const { rows } = await world.owner.query("select request_id from audit_row where outcome = 'refused'");
  expect(rows.map((row) => row.request_id)).toEqual([answers[2]!.headers["x-request-id"]]);
});
