import { isWrite, type Route } from "@genbo/api-schema/route";
import { type OperationId, routeTable } from "@genbo/api-schema/routes";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Question } from "./support/ask.ts";
import { successes } from "./support/successes.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

/** Nonsense comes here faster than any party may send it, and a 429 would keep it from the routes. */
const unlimited = { open: 1e6, docs: 1e6, read: 1e6, write: 1e6, bulk: 1e6, admin: 1e6 };
let world: World;
beforeAll(async () => {
  world = await createWorld({ rateLimits: unlimited });
});

const routes = (routeTable as readonly Route[]).filter(({ operationId }) => operationId !== "moveClock");
const withBody = routes.filter(({ body }) => body !== undefined);

/** Values that break something somewhere: types, ranges, encodings, SQL, scripts, prototypes. */
const nasty: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  "",
  " ",
  "0",
  "-1",
  "01",
  "1e3",
  "0x10",
  "9223372036854775808",
  "9".repeat(400),
  "'; drop table issue; --",
  "<script>alert(1)</script>",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udfff\ud800",
  "\u202e",
  "../../etc/passwd",
  "{{7*7}}",
  "%00",
  "true",
  "null",
  "NaN",
  [],
  [null],
  {},
  { $gt: "" },
  "x".repeat(10_000),
  "2021-02-30",
  "0000-00-00",
  "9999-12-31",
  "2021-08-02T25:00:00Z",
  "999999-01-01T00:00:00Z",
];

/** Every place of a JSON value, and the value with something else there. */
function* spoilt(value: unknown, with_: unknown): Generator<unknown> {
  yield with_;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of spoilt(item, with_)) yield value.with(index, other);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, field] of Object.entries(value)) {
      for (const other of spoilt(field, with_)) yield { ...value, [key]: other };
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
    }
  }
}

/** An answer must be one that the route table promises; of a field that is wrong it must say where that is. */
async function statusOf(id: string, secret: string | null, question: Question<OperationId>): Promise<number> {
  const answer = await world.ask(secret, id as OperationId, question).catch((cause: unknown) => {
    throw new Error(`${id}: ${JSON.stringify(question).slice(0, 2_000)}`, { cause });
  });
  // The root, which is "", where all of the body is wrong together.
  if (answer.code === "INVALID_FIELD") expect(answer.problem.pointer).toMatch(/^$|^(query)?\//);
  return answer.status;
}

describe("whatever stands in a body", () => {
  it.each(withBody.map(({ operationId }) => operationId))(
    "%s answers as it promises",
    async (id) => {
      const { secret, question } = await Object.values(successes[id as keyof typeof successes])[0]!(world);
      const { payload: _, ...asked } = question;
      const body = question.body ?? { rows: [{ externalId: unused() }] };
      for (const value of nasty) {
        for (const wrong of spoilt(body, value)) await statusOf(id, secret, { ...asked, body: wrong });
      }
    },
    120_000,
  );
});

describe("whatever stands in a path, a query or a header", () => {
  it.each(routes.map(({ operationId }) => operationId))(
    "%s answers as it promises",
    async (id) => {
      const { secret, question } = await Object.values(successes[id as keyof typeof successes])[0]!(world);
      const texts = nasty.filter((value) => typeof value === "string").map((text) => text.toWellFormed());
      const route = routes.find(({ operationId }) => operationId === id)!;
      for (const text of texts) {
        for (const name of Object.keys(question.params ?? {})) {
          await statusOf(id, secret, { ...question, params: { ...question.params, [name]: text } });
        }
        for (const name of [...Object.keys(route.query?.shape ?? {}), "unknown"]) {
          await statusOf(id, secret, { ...question, query: { ...question.query, [name]: text } });
        }
        const printable = [...text].every((char) => char >= " " && char <= "~");
        if (printable && isWrite(route)) await statusOf(id, secret, { ...question, key: text });
        if (printable)
          await statusOf(id, secret, {
            ...question,
            headers: { "x-request-id": text, "accept-language": text },
          });
      }
    },
    120_000,
  );

  it("takes broken percent codes and bytes that are no UTF-8 as a bad request", async () => {
    const headers = { authorization: `Bearer ${world.broker.secret}` };
    for (const url of [
      "/v1/issues/%",
      "/v1/issues/%ff%fe",
      "/v1/issues?cursor=%ff",
      "/%00",
      "//",
      "/v1/issues/%2e%2e",
    ]) {
      const { statusCode, headers: answered } = await world.app.inject({ method: "GET", url, headers });
      expect(statusCode).toBeGreaterThanOrEqual(400);
      expect(statusCode).toBeLessThan(500);
      expect(answered["x-request-id"]).toBeDefined();
    }
  });
});

describe("bytes that are no JSON in UTF-8", () => {
  const post = (payload: Buffer | string, type = "application/json") =>
    world.ask(world.broker.secret, "registerInvestor", { payload, type });

  it("are refused by what is wrong with them", async () => {
    expect((await post("{")).code).toBe("MALFORMED_JSON");
    expect((await post("")).code).toBe("INVALID_FIELD");
    expect((await post(Buffer.from([0xff, 0xfe, 0x7b]))).code).toBe("BAD_ENCODING");
    expect((await post(Buffer.from('{"externalId":"\xc3\x28"}', "latin1"))).code).toBe("BAD_ENCODING");
    expect((await post("[".repeat(100_000))).code).toBe("MALFORMED_JSON");
    expect((await post(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).code).toBe("MALFORMED_JSON");
    expect((await post(`${"[".repeat(500)}${"]".repeat(500)}`)).code).toBe("INVALID_FIELD");
    expect(
      (await post('{"__proto__":{"admin":true}}')).problem.errors?.map(({ pointer }) => pointer),
    ).toContain("/__proto__");
    expect((await post("{}", "text/plain")).code).toBe("MEDIA_TYPE");
    expect((await post("externalId\r\n1", "text/csv")).code).toBe("MEDIA_TYPE");
    expect((await post(`"${"x".repeat(2_000_000)}"`)).code).toBe("BODY_TOO_LARGE");
  });

  it("are refused where an object has one name twice, wherever it is and however it is written", async () => {
    const pointers = async (payload: string) => {
      const { status, code, problem } = await post(payload);
      return [status, code, problem.pointer];
    };
    const twice = [400, "MALFORMED_JSON"];
    expect(await pointers('{"externalId":"A","externalId":"B"}')).toEqual([...twice, "/externalId"]);
    expect(await pointers('{"a":[{"b":1},{"b":{"c":1,"c":1}}]}')).toEqual([...twice, "/a/1/b/c"]);
    expect(await pointers('{"a":1,"\\u0061":2}')).toEqual([...twice, "/a"]);
    expect((await post('{"a":{"x":1},"b":{"x":1},"c":"\\"c\\":1"}')).code).toBe("INVALID_FIELD");
  });

  it("are refused in another charset, or packed", async () => {
    for (const charset of ["utf-16", "utf-16le", "shift_jis", "iso-8859-1"])
      expect((await post("{}", `application/json; charset=${charset}`)).code).toBe("MEDIA_TYPE");
    for (const type of ["application/json; charset=UTF-8", 'application/json;charset="utf8"'])
      expect((await post("{}", type)).code).toBe("INVALID_FIELD");
    for (const coding of ["gzip", "br", "deflate, gzip"]) {
      const headers = { "content-encoding": coding };
      const answer = await world.ask(world.broker.secret, "registerInvestor", { payload: "{}", headers });
      expect(answer.status).toBe(415);
    }
  });

  it("any JSON at all is answered below 500", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (payload) => {
        await statusOf("requestTransfer", world.broker.secret, { payload });
        await statusOf("registerInvestors", world.broker.secret, { payload });
        return true;
      }),
      { numRuns: 200 },
    );
  });
});
