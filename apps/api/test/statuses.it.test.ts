import { bulkBodyBytesMax, type RateLimit, rateLimits } from "@genbo/api-schema/limits";
import { isWrite, type Route, statusesOf } from "@genbo/api-schema/route";
import { type OperationId, routeTable } from "@genbo/api-schema/routes";
import { lockOf } from "@genbo/database/commands/idempotency";
import { createPool } from "@genbo/database/sql/connection";
import { scopesOf } from "@genbo/domain/permissions";
import { beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { createTestApi } from "./support/api.ts";
import { asker, type Heard, type Question } from "./support/ask.ts";
import { issueDraft } from "./support/samples.ts";
import { successes } from "./support/successes.ts";
import { openInspection } from "./support/successes-legal.ts";
import { type Success, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

type Answered = Promise<Heard<OperationId>>;
/** Makes a route give one of the statuses that it promises, out of a request with which it would succeed. */
type Spoil = (route: Route, success: Success) => Answered;

const ask = (id: string, { secret, question }: Success): Answered =>
  world.ask(secret, id as OperationId, question);

/** The id of nothing, of the same kind. */
const unknown = (id: string): string =>
  id.startsWith("0x")
    ? `0x${"7".repeat(id.length - 2)}`
    : id.replace(/_.*/, "_0192aaaaaaaa7bbb8cccdddddddddddd");

const common: Record<number, Spoil> = {
  400: ({ operationId, body, method }, { secret, question }) => {
    if (method !== "GET" && body === undefined)
      return ask(operationId, { secret, question: { ...question, key: null } });
    return ask(operationId, {
      secret,
      question: { ...question, payload: '{"a":', type: "application/json" },
    });
  },
  401: ({ operationId }, { question }) => ask(operationId, { secret: null, question }),
  403: async ({ operationId, scope }, { secret, question }) => {
    const { rows } = await world.owner.query("select party_id, role from api_key where prefix = $1", [
      secret!.slice(0, 16),
    ]);
    const scopes = scopesOf(rows[0].role).filter((each) => each !== scope);
    return ask(operationId, { secret: await world.keyFor(rows[0].party_id, "staff:few", scopes), question });
  },
  404: (route, { secret, question }) => {
    const { params = {}, body } = question;
    const wrong = Object.fromEntries(Object.entries(params).map(([name, id]) => [name, unknown(id)]));
    const idsInBody = JSON.parse(JSON.stringify(body ?? {}).replaceAll(/(iss|inv)_[0-9a-f]{32}/g, unknown));
    const spoilt = route.params ? { ...question, params: wrong } : { ...question, body: idsInBody };
    return ask(route.operationId, { secret, question: spoilt });
  },
  409: async (route, { secret, question }) => {
    if (route.operationId === "precheckTransfer")
      return ask(route.operationId, await onApprovedIssue(secret, question));
    if (route.operationId === "showRegister")
      return ask(route.operationId, {
        secret,
        question: { ...question, params: { id: await openInspection(world) } },
      });
    if (route.operationId === "readExport") {
      await world.owner.query("update register_export set state = 'changed' where id = $1", [
        question.params!.id,
      ]);
      return ask(route.operationId, { secret, question });
    }
    if (!isWrite(route))
      return ask(route.operationId, { secret, question: { ...question, query: { minBlock: 10_000_000 } } });
    const { rows } = await world.owner.query<{ party_id: string }>(
      "select party_id from api_key where prefix = $1",
      [secret!.slice(0, 16)],
    );
    const key = unused();
    const holder = await world.ctx.pool.connect();
    await holder.query("select pg_advisory_lock($1::bigint)", [lockOf({ partyId: rows[0]!.party_id, key })]);
    const answer = await ask(route.operationId, { secret, question: { ...question, key } });
    await holder.query("select pg_advisory_unlock_all()");
    holder.release();
    expect(answer.code).toBe("REQUEST_IN_PROGRESS");
    return answer;
  },
  413: ({ operationId }, { secret, question }) =>
    ask(operationId, {
      secret,
      question: { ...question, payload: `"${"x".repeat(bulkBodyBytesMax)}"`, type: "application/json" },
    }),
  415: ({ operationId }, { secret, question }) =>
    ask(operationId, { secret, question: { ...question, payload: "<a/>", type: "application/xml" } }),
  416: ({ operationId }, { secret, question }) =>
    ask(operationId, { secret, question: { ...question, headers: { range: "bytes=99999999-" } } }),
  422: async (route, { secret, question }) => {
    const { body, query } = question;
    if (route.body)
      return ask(route.operationId, {
        secret,
        question: { ...question, body: { ...(body as object), unknown: 1 }, payload: undefined as never },
      });
    if (route.query)
      return ask(route.operationId, { secret, question: { ...question, query: { ...query, unknown: 1 } } });
    const key = unused();
    await ask(route.operationId, { secret, question: { ...question, key } });
    return ask(route.operationId, {
      secret,
      question: { ...question, key, params: { id: unknown(question.params!.id!) } },
    });
  },
};

/** The same order for an issue whose token is not deployed yet. */
async function onApprovedIssue(secret: string | null, question: Question<OperationId>): Promise<Success> {
  const { body } = await world.ask(world.issuer.secret, "draftIssue", {
    body: issueDraft(world.trustee.partyId),
  });
  await world.ask(world.trustee.secret, "approveIssue", { params: { id: body.id }, body: {} });
  return { secret, question: { ...question, body: { ...(question.body as object), issueId: body.id } } };
}

/** Statuses that want a case of their own, made below. */
const own = new Set([429, 503]);

const routes = (routeTable as readonly Route[]).filter(({ operationId }) => operationId !== "moveClock");

describe.each(routes.map((route) => [route.operationId, route] as const))("%s", (id, route) => {
  const cases = successes[id as keyof typeof successes];
  it.each(statusesOf(route).filter((status) => !own.has(status)))("answers %i", async (status) => {
    const success = cases[status];
    if (status < 300) {
      expect(success, "a case of this success").toBeDefined();
      expect((await ask(id, await success!(world))).status).toBe(status);
      return;
    }
    const spoil = common[status];
    expect(spoil, "a case of this status").toBeDefined();
    const first = Object.values(cases)[0]!;
    const answer = await spoil!(route, withJson(await first(world)));
    expect([answer.status, answer.code]).toEqual([status, answer.problem.code]);
  });
});

/** A CSV file cannot have an unknown field; its JSON form can. */
function withJson(success: Success): Success {
  const { payload, type, ...question } = success.question;
  return payload === undefined ? success : { ...success, question: { ...question, body: { rows: [] } } };
}

describe("429", () => {
  it.each(Object.keys(rateLimits) as RateLimit[])(
    "a key that sends more than the limit %s waits",
    async (limit) => {
      const app = await buildApp({
        ...world.ctx,
        rateLimits: { open: 1, docs: 1, read: 1, write: 1, bulk: 1, admin: 1 },
      });
      const askLimited = asker(app);
      for (const route of routes.filter((each) => each.limit === limit)) {
        await askLimited(world.operator, route.operationId as OperationId, {} as Question<OperationId>);
        const answer = await askLimited(world.operator, route.operationId as OperationId, {});
        expect([route.operationId, answer.status, answer.code]).toEqual([
          route.operationId,
          429,
          "RATE_LIMITED",
        ]);
        expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
      }
      await app.close();
    },
  );
});

it("asks of a load balancer and readers of the reference leave each other's limits alone", async () => {
  const rateLimits = { open: 1, docs: 1, read: 1, write: 1, bulk: 1, admin: 1 };
  const app = await buildApp({ ...world.ctx, rateLimits });
  const askLimited = asker(app);
  const statuses = async (what: "health" | "ready") =>
    [await askLimited(null, what), await askLimited(null, what)].map(({ status }) => status);
  expect([await statuses("health"), await statuses("ready")]).toEqual([
    [200, 200],
    [200, 200],
  ]);
  expect([(await askLimited(null, "openApi")).status, (await askLimited(null, "openApi")).status]).toEqual([
    200, 429,
  ]);
  expect((await askLimited(null, "status")).status).toBe(200);
  await app.close();
});

it("who sits behind a proxy of ours has a limit of its own, and nobody names himself another's address", async () => {
  const rateLimits = { open: 1, docs: 1, read: 1, write: 1, bulk: 1, admin: 1 };
  const statusesFrom = async (trustedProxies: string[]) => {
    const app = await buildApp({ ...world.ctx, rateLimits, trustedProxies });
    const ask = asker(app);
    const from = async (address: string) =>
      (await ask(null, "openApi", { headers: { "x-forwarded-for": address } })).status;
    const statuses = [await from("203.0.113.1"), await from("203.0.113.2"), await from("203.0.113.1")];
    await app.close();
    return statuses;
  };
  expect(await statusesFrom(["127.0.0.0/8"])).toEqual([200, 200, 429]);
  expect(await statusesFrom([])).toEqual([200, 429, 429]);
});

describe("503", () => {
  it("is the answer of what needs the contracts, before they are deployed", async () => {
    const young = await createTestApi();
    await young.owner.query("delete from deployment");
    const broker = await young.ask(young.operator, "createParty", { body: { kind: "broker", name: "早い" } });
    expect([broker.status, broker.code]).toEqual([503, "NOT_READY"]);
    expect((await young.ask(null, "ready")).problem).toMatchObject({ status: 503, code: "NOT_READY" });
    expect((await young.ask(null, "status")).body).toMatchObject({ chain: { reachable: false, head: null } });
  });

  it("is the answer while the database is away, and retryable", async () => {
    const lost = await createTestApi();
    const admin = createPool(lost.db.adminUrl);
    await admin.query(`revoke connect on database ${lost.db.name} from genbo_api`);
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'genbo_api'",
      [lost.db.name],
    );
    const answer = await lost.ask(null, "ready");
    expect(answer.problem).toMatchObject({ status: 503, retryable: true });
    await admin.query(`grant connect on database ${lost.db.name} to genbo_api`);
    expect((await lost.ask(null, "ready")).status).toBe(200);
    await admin.end();
  });
});
