import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "@genbo/cli/server";
import { databaseUrl } from "@genbo/database/server/address";
import { type Postgres, startPostgres } from "@genbo/database/server/embedded";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chainBinary } from "./binary.ts";
import { expectHalted, moreBlocks, roundsMs } from "./chain.ts";
import { type Consortium, startConsortium } from "./consortium.ts";
import {
  entriesOnChain,
  holdingsInRegister,
  holdingsOf,
  type Market,
  openMarket,
  startTrading,
  type Trading,
} from "./market.ts";
import { waitFor } from "./wait.ts";

const binary = chainBinary();
const perSecond = 20;
const customers = 40;

// One story on one network, with the platform's own processes.
describe.skipIf(binary === undefined)("the platform on four validators", () => {
  let dir: string;
  let net: Consortium;
  let postgres: Postgres;
  let server: Server;
  let market: Market;
  const seen: string[] = [];
  let failed = true;
  /** Transfers that were accepted so far: each must be one entry. */
  let transfers = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "genbo-platform-"));
    seen.push(`logs in ${dir}`);
    net = await startConsortium(binary!, join(dir, "network"));
    postgres = await startPostgres({ dataDir: join(dir, "postgres"), password: "test" });
    const { host, port, user, password } = postgres;
    server = await startServer({
      dataDir: join(dir, "data"),
      databaseUrl: databaseUrl({ host, port, user, password, database: "genbo" }),
      chainRpcUrls: net.slots.map(({ url }) => url),
      notice: (line) => seen.push(`! ${line}`),
    });
    market = await openMarket(server, customers);
    failed = false;
  }, 240_000);
  afterEach(({ task }) => {
    failed ||= task.result?.state === "fail";
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
    await net?.close();
    if (!failed) await rm(dir, { recursive: true, force: true });
    console.log(seen.slice(failed ? 0 : 1).join("\n"));
  });

  test("parties, accounts and an issue stand, and the register is the chain's", () => expectSame());

  test("a transfer is entered within three blocks", async () => {
    const began = Date.now();
    const trading = startTrading(market, 1);
    await waitFor("one request", async () => trading.accepted > 0, 10_000);
    await settle(trading);
    seen.push(`a lone transfer entered ${seconds(began)} s after its request`);
    expect(Date.now() - began).toBeLessThan(6_000);
  });

  test("the validator that the platform asks is killed under load: no transfer is lost or doubled", async () => {
    const trading = startTrading(market, perSecond);
    await moreBlocks(net.running(), 3, 30_000);
    await net.kill("validator-1");
    await moreBlocks(net.running(), 10, roundsMs);
    const { accepted } = trading;
    await settle(trading);
    seen.push(`${accepted} transfers while one validator was away`);
    await net.start("validator-1");
    await moreBlocks(net.slots, 1, 90_000);
    await expectSame();
  });

  test("two are killed: the chain halts, requests are accepted, and each is entered once when they return", async () => {
    const trading = startTrading(market, perSecond);
    await moreBlocks(net.running(), 3, 30_000);
    await net.kill("validator-3");
    await net.kill("validator-4");
    await waitFor("the last block", () => halts(3_000), 30_000);
    const before = trading.accepted;
    const named = waitFor(
      "chain_halted in /status",
      async () => (await chain()).state === "chain_halted",
      30_000,
    );
    await expectHalted(net.running(), 10_000);
    const during = await waitFor(
      "requests are accepted during the halt",
      async () => trading.accepted - before > perSecond * 5 && trading.accepted - before,
      60_000,
    );
    // What else may fail while nobody looks at the chain.
    await server.kill("worker");
    await server.kill("indexer");
    await Promise.all([server.ready("worker"), server.ready("indexer")]);
    expect(seen.filter((line) => line.includes("did not start"))).toEqual([]);
    await named;
    const { since, nodes } = await chain();
    expect(nodes.map(({ state }) => state).sort()).toEqual(["away", "away", "good", "good"]);
    const { body: open } = await market.parties.as.SBI.call("listOperations", { query: { limit: "1" } });
    expect(open.items[0]?.waitsFor).toEqual({ reason: "chain_halted", since });
    expect((await market.parties.as.operator.call("ready")).body.ready).toBe(true);
    await net.start("validator-3");
    await net.start("validator-4");
    const back = Date.now();
    await moreBlocks(net.slots, 1, 120_000);
    seen.push(
      `${during} requests accepted during the halt; blocks again ${seconds(back)} s after both were back`,
    );
    await settle(trading);
    expect((await chain()).state).toBe("running");
    seen.push(`everything entered ${seconds(back)} s after both were back`);
    await expectSame();
  });

  test("a validator that the platform does not ask is cut off and heals", async () => {
    const trading = startTrading(market, perSecond);
    net.cut("validator-4");
    await moreBlocks(net.slots.slice(0, 3), 8, roundsMs);
    net.mend("validator-4");
    await moreBlocks(net.slots, 1, 90_000);
    await settle(trading);
    await expectSame();
  });

  test("a fifth validator is voted in under load", async () => {
    const trading = startTrading(market, perSecond);
    const { node } = await net.add();
    await net.start(node.name);
    await moreBlocks(net.slots, 1, 90_000);
    for (const { rpc } of net.slots.slice(0, 3)) await rpc.call(net.rpcNames.vote, node.address, true);
    const { rpc } = net.slots[0]!;
    await waitFor(
      "five validators",
      async () => (await rpc.call<string[]>(net.rpcNames.validators, "latest")).length === 5,
      60_000,
    );
    await moreBlocks(net.slots, 6, 60_000);
    await settle(trading);
    await expectSame();
  });

  /** Stops the stream and waits until the register has entered each of its transfers. */
  async function settle(trading: Trading): Promise<void> {
    const operations = await trading.stop();
    transfers += operations.length;
    const { SBI } = market.parties.as;
    for (const id of operations) {
      const { state, code } = await SBI.waitForOperation(id);
      if (state !== "entered") throw new Error(`Transfer ${id} is ${state}: ${code}`);
    }
  }

  /** What every node says of the token, counted by itself, is what the register says. */
  async function expectSame(): Promise<void> {
    await waitFor(
      "every node has the newest entry",
      async () => {
        const counts = await Promise.all(net.running().map(async ({ rpc }) => (await entries(rpc)).length));
        return new Set(counts).size === 1;
      },
      30_000,
    );
    for (const { rpc } of net.running()) {
      const found = await entries(rpc);
      const moved = found.filter(({ kind }) => kind === entryKinds.TRANSFER);
      expect(moved.length).toBe(transfers);
      expect(new Set(moved.map(({ ref }) => ref)).size).toBe(transfers);
      expect(await holdingsInRegister(market)).toEqual(holdingsOf(found));
    }
  }

  const chain = async () => (await market.parties.as.operator.call("status")).body.chain;
  const entries = (rpc: Consortium["slots"][number]["rpc"]) => entriesOnChain(rpc, market.token);

  async function halts(ms: number): Promise<boolean> {
    return expectHalted(net.running(), ms).then(
      () => true,
      () => false,
    );
  }
});

const seconds = (began: number): string => ((Date.now() - began) / 1000).toFixed(1);
