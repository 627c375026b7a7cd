import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Anvil, startAnvil } from "@genbo/chain/anvil";
import { type Server, startServer } from "@genbo/cli/server";
import { databaseUrl } from "@genbo/database/server/address";
import { type Postgres, startPostgres } from "@genbo/database/server/embedded";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  entriesOnChain,
  holdingsInRegister,
  holdingsOf,
  type Market,
  openMarket,
  startTrading,
} from "../consortium/market.ts";
import { type FaultyNode, openFaultyNode } from "../support/faulty-node.ts";
import { codesOf, openLegalDesk, papers } from "../support/legal-desk.ts";

// The profile `server` on a chain of real time that a test can halt: what four validators do in test/consortium.
const dir = mkdtempSync(join(tmpdir(), "genbo-halted-"));
let anvil: Anvil;
let postgres: Postgres;
let server: Server;
let market: Market;
const nodes: FaultyNode[] = [];

beforeAll(async () => {
  anvil = await startAnvil({ dataDir: join(dir, "chain"), time: Math.floor(Date.now() / 1000) });
  for (let node = 0; node < 3; node += 1) nodes.push(await openFaultyNode(anvil.url));
  postgres = await startPostgres({ dataDir: join(dir, "postgres"), password: "test" });
  const { host, port, user, password } = postgres;
  server = await startServer({
    dataDir: join(dir, "data"),
    databaseUrl: databaseUrl({ host, port, user, password, database: "genbo" }),
    chainRpcUrls: nodes.map(({ url }) => url),
  });
  market = await openMarket(server, 20);
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await postgres?.stop();
  for (const node of nodes) await node.close();
  await anvil?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const status = async () => (await market.parties.as.operator.call("status")).body;
async function until<T>(what: string, look: () => Promise<T | false>, timeoutMs = 40_000): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(100)) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
  }
}

test("a halted chain is named, requests are accepted and read, and each is entered once and in order", async () => {
  const { SBI } = market.parties.as;
  const trading = startTrading(market, 20);
  await until("transfers", async () => trading.accepted > 20);
  await anvil.rpc.call("evm_setIntervalMining", 0);
  const { timestamp } = await anvil.rpc.call<{ timestamp: string }>("eth_getBlockByNumber", "latest", false);
  const { chain } = await until("it is halted", async () => {
    const now = await status();
    return now.chain.state === "chain_halted" && now;
  });
  const since = new Date(Number(timestamp) * 1000).toISOString();
  expect(chain).toMatchObject({ state: "chain_halted", since, reachable: true });
  expect(chain.nodes.map(({ state }) => state)).toEqual(["good", "good", "good"]);
  expect((await market.parties.as.operator.call("ready")).body.ready).toBe(true);
  const accepted = trading.accepted;
  // What else may fail while nobody looks at the chain.
  await Promise.all([server.kill("worker"), server.kill("indexer")]);
  await Promise.all([server.ready("worker"), server.ready("indexer")]);
  expect(trading.accepted).toBeGreaterThan(accepted);
  const operations = await trading.stop();
  const waits = { reason: "chain_halted", since };
  const { body: last } = await SBI.call("getOperation", { params: { id: operations.at(-1)! } });
  expect(last.waitsFor).toEqual(waits);
  const listed = await SBI.call("listOperations", { query: { kind: "transfer.request", limit: "1" } });
  expect(listed.body.items[0]?.waitsFor).toEqual(waits);

  await anvil.rpc.call("evm_setIntervalMining", 1);
  const refs: string[] = [];
  for (const id of operations) {
    const done = await SBI.waitForOperation(id);
    expect([done.state, done.waitsFor]).toEqual(["entered", null]);
    refs.push(done.results[0]!.ref);
  }
  const entries = await entriesOnChain(anvil.rpc, market.token);
  const moved = entries.filter(({ kind }) => kind === entryKinds.TRANSFER);
  expect(moved.map(({ ref }) => ref)).toEqual(refs);
  expect(await holdingsInRegister(market)).toEqual(holdingsOf(entries));
  expect((await status()).chain).toMatchObject({ state: "running", since: null });
}, 120_000);

test("an attachment that a transfer under way has outrun is open again, bars the rest and takes it [CEA 145(5)]", async () => {
  const { parties, issueId, accounts } = market;
  const [account, to] = accounts as [string, string];
  const desk = openLegalDesk(issueId, parties.as.trustee, parties.as.trusteeSecond);
  const unitsNow = async () => (await holdingsInRegister(market)).get(account.toLowerCase())!;
  const all = await unitsNow();
  const day = isoOfDay(jstDay(new Date()));
  const give = async (units: bigint) => {
    const order = { issueId, from: account, to, units: String(units), tradeDate: day, settlementDate: day };
    return (await parties.as.SBI.call("requestTransfer", { body: order })).body.operationId;
  };
  const facts = {
    ...{ account, units: String(all), form: "ATTACHMENT" as const, authority: "東京地方裁判所" },
    ...{ caseNumber: "令和3年(ル)第3号", servedAt: new Date(Date.now() - 60_000).toISOString() },
  };

  await anvil.rpc.call("evm_setIntervalMining", 0);
  const transfer = await give(3n);
  await until("the transfer is sent", async () => {
    const { body } = await parties.as.SBI.call("getOperation", { params: { id: transfer } });
    return body.state === "sent";
  });
  const { id } = await desk.file({ kind: "ATTACHMENT", facts, documents: papers("ATTACHMENT_ORDER") });
  const approval = await parties.as.trusteeSecond.call("approveCase", { params: { id }, body: {} });
  await anvil.rpc.call("evm_setIntervalMining", 1);

  expect((await parties.as.SBI.waitForOperation(transfer)).state).toBe("entered");
  const refused = await parties.as.trustee.waitForOperation(approval.body.operationId);
  expect([refused.state, refused.code]).toEqual(["refused", "INSUFFICIENT_UNITS"]);
  const read = async () => (await parties.as.trustee.call("getCase", { params: { id } })).body;
  expect(await read()).toMatchObject({
    state: "open",
    code: "INSUFFICIENT_UNITS",
    checker: null,
    result: {},
  });
  expect(await codesOf(give(all - 3n))).toEqual(["ATTACHMENT_SERVED"]);
  expect((await desk.approve(id)).state).toBe("entered");
  const result = { recorded: String(all - 3n), remainder: "3" };
  expect(await read()).toMatchObject({ state: "entered", code: null, result });
  expect(await desk.holds()).toMatchObject([{ account, units: String(all - 3n), caseId: id }]);
}, 60_000);

test("a node that stands still, one that lies and one that hangs, in turn, under load: named in /status, nothing lost, nothing doubled", async () => {
  const before = (await entriesOnChain(anvil.rpc, market.token)).length;
  // All that the first account has is attached.
  const trading = startTrading({ ...market, accounts: market.accounts.slice(1) }, 20);
  const at = Number(await anvil.rpc.call<string>("eth_blockNumber"));
  const faults = [{ standsAt: at }, { boasts: 500 }, { slowMs: 3_000 }] as const;
  for (const [index, fault] of faults.entries()) {
    const node = nodes[index % nodes.length]!;
    node.fault = fault;
    const named = await until(`a node is left out: ${JSON.stringify(fault)}`, async () => {
      const { chain } = await status();
      return chain.nodes.find(({ state }) => state !== "good") ?? false;
    });
    expect(new URL(node.url).host).toBe(named.node);
    await sleep(1_500);
    node.fault = "none";
    await until("all are good", async () =>
      (await status()).chain.nodes.every(({ state }) => state === "good"),
    );
  }
  const operations = await trading.stop();
  for (const id of operations)
    expect((await market.parties.as.SBI.waitForOperation(id)).state).toBe("entered");
  const entries = await entriesOnChain(anvil.rpc, market.token);
  const refs = new Set(entries.slice(before).map(({ ref }) => ref));
  expect([entries.length - before, refs.size]).toEqual([operations.length, operations.length]);
  expect(await holdingsInRegister(market)).toEqual(
    holdingsOf(entries.filter(({ kind }) => kind !== entryKinds.HOLD_CREATED)),
  );
  expect((await status()).openBreaks).toEqual([]);
}, 180_000);
