import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { openBreak } from "@genbo/database/register/breaks-write";
import { createPool, withTransaction } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ActiveIssue, activeIssue } from "../support/active-issue.ts";
import { fixedPort } from "../support/fixed-port.ts";
import { stackFolder } from "../support/stack-folder.ts";

interface CollectedSpan {
  process: string;
  name: string;
  traceId: string;
  parentSpanId: string;
  spanId: string;
}

const { dataDir, remove } = stackFolder("watching");
const spans: CollectedSpan[] = [];
/** Everything that reached the collector, and everything that was scraped. */
let seen = "";
let collector: Server;
let stack: Stack;
let issue: ActiveIssue;
let firstPort: number;

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const text = (await request.toArray()).join("");
    seen += text;
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      const process = resource.attributes.find(({ key }: { key: string }) => key === "service.name").value
        .stringValue;
      for (const { spans: found } of scopeSpans) for (const span of found) spans.push({ process, ...span });
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((done) => collector.listen(0, "127.0.0.1", done));
  firstPort = await fixedPort();
  stack = await startStack({
    dataDir,
    genesisTime: new Date("2021-08-11T09:00:00+09:00"),
    watching: {
      metricsHost: "127.0.0.1",
      metricsPort: firstPort,
      tracesUrl: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    },
  });
  issue = await activeIssue(stack, 30, 1_000);
}, 120_000);
afterAll(async () => {
  issue?.chain.close();
  await stack?.stop();
  collector?.close();
  remove();
}, 60_000);

async function scrape(process: "indexer" | "worker" | "api"): Promise<(metric: string) => number> {
  const port = firstPort + ["indexer", "worker", "api"].indexOf(process);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  seen += text;
  return (metric) => {
    const lines = text.split("\n").filter((line) => line.startsWith(metric) && !line.startsWith("#"));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  };
}

const issueUnits = (headers: Record<string, string> = {}) =>
  fetch(`${stack.urls.api}/v1/issues/${issue.id}/issuances`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${issue.parties.secrets.issuer}`,
      "idempotency-key": randomUUID(),
      ...headers,
    },
    body: JSON.stringify({ rows: issue.accounts.map((to) => ({ to, units: "1" })) }),
  });
test("each hop is counted, on ports of their own and not on the API's", async () => {
  const [api, indexer] = [await scrape("api"), await scrape("indexer")];
  const before = {
    accepted: api('genbo_commands_accepted_total{kind="issuance"}'),
    entries: indexer("genbo_entries_total"),
    ended: indexer('genbo_commands_ended_total{state="entered"'),
  };
  const answer = await issueUnits();
  expect(answer.status).toBe(202);
  const { operationId } = (await answer.json()) as { operationId: string };
  await issue.parties.as.issuer.waitForOperation(operationId);
  expect((await issueUnits({ "idempotency-key": "" })).status).toBe(400);

  const [apiNow, worker, indexerNow] = [await scrape("api"), await scrape("worker"), await scrape("indexer")];
  expect(apiNow('genbo_commands_accepted_total{kind="issuance"}') - before.accepted).toBe(30);
  expect(apiNow('genbo_request_seconds_count{route="issueUnits",status="202"}')).toBe(1);
  expect(apiNow('genbo_problems_total{code="IDEMPOTENCY_KEY_MISSING"}')).toBe(1);
  expect(worker('genbo_batch_rows_sum{call="issue"}')).toBe(30);
  expect(worker("genbo_send_seconds_count")).toBeGreaterThan(10);
  expect([
    worker("genbo_commands_queued"),
    worker("genbo_lane_transactions_open"),
    worker("genbo_lane_stopped"),
  ]).toEqual([0, 0, 0]);
  expect(worker('genbo_lanes{held="yes"}')).toBeGreaterThan(5);
  expect(indexerNow("genbo_entries_total") - before.entries).toBe(30);
  expect(indexerNow('genbo_commands_ended_total{state="entered"') - before.ended).toBe(30);
  expect([indexerNow("genbo_leads"), indexerNow("genbo_breaks_open")]).toEqual([1, 0]);
  expect(indexerNow("genbo_register_lag_blocks")).toBeLessThan(3);
  expect(indexerNow("genbo_block_to_register_seconds_count")).toBe(indexerNow("genbo_fold_seconds_count"));
  for (const each of [apiNow, worker, indexerNow]) {
    expect([each("genbo_node_state"), each("genbo_chain_halted")]).toEqual([1, 0]);
  }
  expect((await fetch(`${stack.urls.api}/metrics`)).status).toBe(404);
});

test("a register that stands still and a break that stands open move what an alarm looks at", async () => {
  const lag = async () => (await scrape("indexer"))("genbo_register_lag_blocks");
  const breaks = async () => (await scrape("indexer"))('genbo_breaks_open{kind="REORG"}');
  const owner = createPool(stack.urls.database.genbo, { max: 2 });
  try {
    await withTransaction(owner, async (tx) => {
      // The indexer moves it with every block.
      await tx.query("select 1 from chain_cursor for update");
      await expect.poll(lag, { timeout: 30_000 }).toBeGreaterThan(5);
    });
    await expect.poll(lag, { timeout: 30_000 }).toBeLessThan(3);
    const stop = "update lane set stopped_reason = $1 where signer = (select min(signer) from lane)";
    await owner.query(stop, ["for a test"]);
    expect((await scrape("worker"))("genbo_lane_stopped")).toBe(1);
    await owner.query(stop, [null]);
    const id = newId("brk", new Date());
    await withTransaction(owner, (tx) =>
      openBreak(tx, { id, issueId: null, kind: "REORG", detail: {}, blockNumber: 1, at: new Date() }),
    );
    expect(await breaks()).toBe(1);
    await owner.query("delete from register_break where id = $1", [id]);
    expect(await breaks()).toBe(0);
  } finally {
    await owner.end();
  }
}, 90_000);

test("a request's trace goes on in worker and indexer under the caller's id", async () => {
  const traceId = randomUUID().replaceAll("-", "");
  const answer = await issueUnits({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
  const { operationId } = (await answer.json()) as { operationId: string };
  await issue.parties.as.issuer.waitForOperation(operationId);
  const mine = () => spans.filter((span) => span.traceId === traceId);
  await expect.poll(() => mine().length, { timeout: 10_000 }).toBe(3);
  const byProcess = new Map(mine().map((span) => [span.process, span]));
  const [request, send, enter] = ["genbo-api", "genbo-worker", "genbo-indexer"].map((name) =>
    byProcess.get(name),
  );
  expect([request?.name, send?.name, enter?.name]).toEqual(["issueUnits", "send", "enter"]);
  expect(request?.parentSpanId).toBe("00f067aa0ba902b7");
  expect([send?.parentSpanId, enter?.parentSpanId]).toEqual([request?.spanId, request?.spanId]);
});

test("neither metrics nor traces say a name, an address or a customer number [APPI 22]", () => {
  expect(seen.length).toBeGreaterThan(5_000);
  // What this market's customers are called, and all that is not plain ASCII.
  expect(seen.match(/C-0000\d|[^\x20-\x7e\s]/g) ?? []).toEqual([]);
});
