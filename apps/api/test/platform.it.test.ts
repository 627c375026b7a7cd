import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startAnvil } from "@genbo/chain/anvil";
import { openNodes } from "@genbo/chain/nodes/nodes";
import { initSandboxClock, openSandboxClock } from "@genbo/database/server/sandbox-clock";
import { validate } from "@scalar/openapi-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { chainPortOf } from "../src/process/chain-port.ts";
import { createTestApi, start, type TestApi } from "./support/api.ts";
import { asker } from "./support/ask.ts";

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});

describe("the reference", () => {
  it("is valid OpenAPI 3.1", async () => {
    const { body } = await api.ask(null, "openApi");
    expect(body.openapi).toBe("3.1.0");
    const { valid, errors } = await validate(body as never);
    expect([valid, errors]).toEqual([true, []]);
  });

  it("is a page of our own files that may load nothing else", async () => {
    const page = await api.app.inject({ method: "GET", url: "/docs/" });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(sources.filter((url) => /^(https?:)?\/\//.test(url))).toEqual([]);
    const script = await api.app.inject({ method: "GET", url: "/docs/js/scalar.js" });
    expect([script.statusCode, script.body.length > 1_000_000]).toEqual([200, true]);
  });

  it("has a page for each problem", async () => {
    const page = await api.ask(null, "problemPage", { params: { code: "MAKER_IS_CHECKER" } });
    expect(page.headers["content-type"]).toBe("text/markdown; charset=utf-8");
    expect(page.text).toContain("# MAKER_IS_CHECKER");
    expect((await api.ask(null, "problemPage", { params: { code: "NO_SUCH_CODE" } })).code).toBe("NOT_FOUND");
  });
});

describe("what is no HTTP", () => {
  let port: number;
  beforeAll(async () => {
    await api.app.listen({ port: 0, host: "127.0.0.1" });
    ({ port } = api.app.server.address() as AddressInfo);
  });

  it.each([
    ["a method that there is not", "FOO /v1/issues HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["no host", "GET /v1/issues HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["two hosts", "GET /v1/issues HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n"],
    [
      "two keys",
      "GET /v1/issues HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\nConnection: close\r\n\r\n",
    ],
    [
      "two types of a body",
      "POST /v1/issues HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    ],
    [
      "a coding of the body that nobody here reads",
      "POST /v1/issues HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
    [
      "an expectation",
      "POST /v1/issues HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n{}",
    ],
    [
      "two lengths",
      "POST /v1/issues HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a header without a colon", "GET /health HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n"],
    ["the first bytes of TLS", "\x16\x03\x01\x02\x00\x01"],
  ])("as %s, is answered with a problem", async (_, sent) => {
    const socket = connect(port, "127.0.0.1");
    socket.write(sent);
    const [head, body] = (await text(socket)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(head).toContain("content-type: application/problem+json");
    expect(JSON.parse(body!)).toMatchObject({ code: "BAD_REQUEST", status: 400 });
  });

  it("is cut off once no byte moves on it", () => {
    expect(api.app.server.timeout).toBe(600_000);
  });
});

describe("an unknown route", () => {
  it("is a problem too, with the caller's request id", async () => {
    const headers = { "x-request-id": "my-request-1" };
    const answer = await api.app.inject({ method: "GET", url: "/v2/issues", headers });
    expect([answer.statusCode, answer.json().code]).toEqual([404, "ROUTE_UNKNOWN"]);
    expect([answer.headers["x-request-id"], answer.json().requestId]).toEqual([
      "my-request-1",
      "my-request-1",
    ]);
    const forged = await api.app.inject({
      method: "GET",
      url: "/health",
      headers: { "x-request-id": "a b\tc" },
    });
    expect(forged.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("the sandbox clock", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "genbo-clock-"));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it("moves the platform's time and the chain's together, forward only", async () => {
    const anvil = await startAnvil({ dataDir, time: start.getTime() / 1000 });
    await initSandboxClock(api.owner, start);
    const sandbox = await openSandboxClock(api.ctx.pool, api.db.urls.genbo_api);
    const nodes = openNodes([anvil.url]);
    const app = await buildApp({ ...api.ctx, sandbox, clock: sandbox, chain: chainPortOf(nodes) });
    const move = (to: string, key?: string) =>
      asker(app)(api.operator, "moveClock", { body: { to }, ...(key !== undefined && { key }) });
    const moved = await move("2021-10-05T00:00:00Z", "clock-1");
    expect(moved.status).toBe(200);
    expect(Date.parse(moved.body.time)).toBeGreaterThanOrEqual(Date.parse("2021-10-05T00:00:00Z"));
    const block = await anvil.rpc.call<{ timestamp: string }>("eth_getBlockByNumber", "latest", false);
    expect(Number(block.timestamp)).toBeGreaterThanOrEqual(Date.parse("2021-10-05T00:00:00Z") / 1000);
    const repeat = await move("2021-10-05T00:00:00Z", "clock-1");
    expect([repeat.headers["idempotency-hit"], repeat.text]).toEqual(["true", moved.text]);
    expect((await move("2021-10-04T00:00:00Z")).code).toBe("CLOCK_NOT_FORWARD");
    // 00:00 JST of the first day that 16 bits cannot name.
    for (const to of ["2149-06-06T15:00:00Z", "9999-12-30T00:00:00Z"])
      expect((await move(to)).problem).toMatchObject({ status: 422, pointer: "/to" });
    const { body } = await asker(app)(null, "status");
    expect(body.chain).toMatchObject({ reachable: true });
    await app.close();
    await nodes.close();
    await sandbox.close();
    await anvil.stop();
  });

  it("does not move while the chain does not answer", async () => {
    const sandbox = await openSandboxClock(api.ctx.pool, api.db.urls.genbo_api);
    const app = await buildApp({ ...api.ctx, sandbox, clock: sandbox });
    const before = sandbox.offsetMs();
    const answer = await asker(app)(api.operator, "moveClock", { body: { to: "2030-01-01T00:00:00Z" } });
    expect([answer.status, answer.code, sandbox.offsetMs()]).toEqual([503, "NOT_READY", before]);
    await app.close();
    await sandbox.close();
  });
});
