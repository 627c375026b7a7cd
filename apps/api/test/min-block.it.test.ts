import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Anvil, startAnvil } from "@genbo/chain/anvil";
import { type Nodes, openNodes } from "@genbo/chain/nodes/nodes";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildApp } from "../src/app.ts";
import { chainPortOf } from "../src/process/chain-port.ts";
import { type Ask, asker } from "./support/ask.ts";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let anvil: Anvil;
let nodes: Nodes;
let app: FastifyInstance;
let ask: Ask;
/** Looks at the register's head. */
let looks = 0;
const dir = mkdtempSync(join(tmpdir(), "genbo-min-block-"));

beforeAll(async () => {
  world = await createWorld();
  anvil = await startAnvil({ dataDir: dir, time: Math.floor(world.clock.now().getTime() / 1000) });
  nodes = openNodes([anvil.url]);
  await nodes.identity();
  const pool = new Proxy(world.ctx.pool, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== "query") return typeof value === "function" ? value.bind(target) : value;
      return (query: { name?: string }, ...rest: unknown[]) => {
        if (query.name === "register-head") looks += 1;
        return Reflect.apply(value, target, [query, ...rest]);
      };
    },
  });
  app = await buildApp({ ...world.ctx, pool, chain: chainPortOf(nodes) });
  ask = asker(app);
});
afterAll(async () => {
  await app?.close();
  await nodes?.close();
  await anvil?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const listAt = (minBlock: number) => ask(world.auditor.secret, "listIssues", { query: { minBlock } });

test("a block far ahead of the chain is refused at once", async () => {
  const started = performance.now();
  expect((await listAt(1_000_000)).code).toBe("REGISTER_BEHIND");
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("all who wait for a block wait for the same looks at the register", async () => {
  const number = await world.ledger.block();
  looks = 0;
  const waiting = Array.from({ length: 40 }, () => listAt(number + 1));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await world.ledger.block();
  const answers = await Promise.all(waiting);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(looks).toBeGreaterThan(40);
  expect(looks).toBeLessThan(200);
});

test("a past instant is answered once the register has read what the chain may have of before it", async () => {
  const { issueId } = await traded(world);
  const head = await world.ledger.block();
  const asOf = new Date(world.clock.now().getTime() + 3_600_000).toISOString();
  world.clock.set(new Date("2021-08-02T03:00:00Z"));
  const seen: { chain: number | null } = { chain: head };
  const chain = { ...world.ctx.chain, lastSeenHead: () => seen.chain };
  const standing = await buildApp({ ...world.ctx, chain });
  const at = (query: { asOf?: string }) =>
    asker(standing)(world.auditor.secret, "readTotals", { params: { id: issueId }, query });
  const { text } = await at({ asOf });
  // The chain has gone on; or nobody knows whether it has.
  for (const chainHead of [head + 1, null]) {
    seen.chain = chainHead;
    expect((await at({ asOf })).problem).toMatchObject({ code: "REGISTER_BEHIND", retryable: true });
  }
  expect([(await at({})).status, (await at({ asOf: "2021-08-02" })).status]).toEqual([200, 200]);
  seen.chain = head + 2;
  const waiting = at({ asOf });
  world.ledger.at(new Date("2021-08-02T02:00:00Z"));
  expect(await world.ledger.block()).toBe(head + 1);
  expect((await waiting).text).toBe(text);
  await standing.close();
});
