import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createRpc } from "@genbo/chain/rpc";
import { writeAudit } from "@genbo/database/commands/audit";
import { sealAudit } from "@genbo/database/commands/audit-seal";
import { createPool } from "@genbo/database/sql/connection";
import { inheritedEnv } from "@genbo/domain/env";
import { freePort } from "@genbo/domain/free-port";
import { exitOf } from "@genbo/domain/tether";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockProfile } from "../src/profile-lock.ts";
import { start as startCommand } from "../src/start.ts";
import { type Stack, startStack } from "../src/supervisor.ts";

const genesisTime = new Date("2021-08-01T09:00:00+09:00");
const dataDir = mkdtempSync(join(tmpdir(), "genbo-stack-"));
const notices: string[] = [];
let stack: Stack;

const start = () => startStack({ dataDir, genesisTime, services: [], notice: (line) => notices.push(line) });

beforeAll(async () => {
  stack = await start();
});

afterAll(async () => {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function blockTime(tag: string): Promise<number> {
  const rpc = createRpc([stack.urls.chain]);
  const { timestamp } = await rpc.call<{ timestamp: string }>("eth_getBlockByNumber", tag, false);
  rpc.close();
  return Number(timestamp) * 1000;
}

async function query(text: string): Promise<Record<string, unknown>[]> {
  const pool = createPool(stack.urls.database.genbo, { max: 1 });
  return pool
    .query(text)
    .then((result) => result.rows)
    .finally(() => pool.end());
}

/** The command as an operator types it. */
async function genbo(...args: string[]): Promise<{ code: number | null; said: string }> {
  const main = join(import.meta.dirname, "../src/main.ts");
  const child = spawn(process.execPath, [main, ...args, "--data", dataDir], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const said = text(child.stdout);
  const { code } = await exitOf(child);
  return { code, said: await said };
}

test("chain and database start at the genesis time, and only the owner can read the folder", async () => {
  expect(Math.abs((await blockTime("latest")) - genesisTime.getTime())).toBeLessThan(30_000);
  expect(Math.abs(stack.clock.now().getTime() - genesisTime.getTime())).toBeLessThan(30_000);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(stack.folder.masterKeyFile).mode & 0o777).toBe(0o600);
});

test("a second supervisor on the folder is refused, and a dead one's lock is taken over", async () => {
  await expect(start()).rejects.toThrow("already runs");
  const other = mkdtempSync(join(tmpdir(), "genbo-lock-"));
  const release = lockProfile(other);
  expect(() => lockProfile(other)).toThrow("already runs");
  release();
  lockProfile(other)();
  rmSync(other, { recursive: true });
});

test("a database and a chain that are killed come back where they were, with the same addresses", async () => {
  await query("create table kept (n int8)");
  await query("insert into kept values (7)");
  const genesis = await blockTime("0x0");
  await stack.clock.advance(new Date(genesisTime.getTime() + 86_400_000));
  for (const name of ["postgres", "anvil"] as const) {
    const before = stack.processes()[name];
    await stack.kill(name);
    await stack.ready(name);
    expect(stack.processes()[name]).not.toBe(before);
  }
  expect(await query("select n from kept")).toEqual([{ n: 7n }]);
  expect(await blockTime("0x0")).toBe(genesis);
  expect(await blockTime("latest")).toBeGreaterThan(genesisTime.getTime() + 86_000_000);
  expect(notices.filter((line) => line.includes("SIGKILL"))).toHaveLength(2);
});

test("genbo audit says whether the trail holds, and keeps to a seal that was noted", async () => {
  const { genbo_api: api, genbo_worker: worker } = stack.urls.database;
  const row = { partyId: null, actor: "staff:1", action: "test", outcome: "read", purpose: null } as const;
  const read = { ...row, detail: {}, requestId: "req", at: genesisTime };
  const written = async (...targets: string[]) => {
    const [to, by] = [createPool(api, { max: 1 }), createPool(worker, { max: 1 })];
    for (const target of targets) await writeAudit(to, { ...read, target });
    await sealAudit(by);
    await Promise.all([to.end(), by.end()]);
  };
  await written("1", "2");
  const first = await genbo("audit", "--json");
  const { holds, sealed, last } = JSON.parse(first.said);
  expect([first.code, holds, sealed, last.seq]).toEqual([0, true, 2, 2]);
  await written("3");
  const noted = ["--noted", `${last.seq}:${last.hash}`];
  expect(await genbo("audit", ...noted)).toMatchObject({ code: 0, said: expect.stringContaining("3 rows") });
  const other = await genbo("audit", "--noted", `2:${"0".repeat(64)}`);
  expect(other).toMatchObject({ code: 1, said: expect.stringContaining("Broken at seal 2") });
  await query("update audit_row set actor = 'staff:2' where target = '1'");
  expect(await genbo("audit")).toMatchObject({ code: 1, said: expect.stringContaining("Broken at seal 1") });
  expect(await genbo("audit", "--noted", "2")).toMatchObject({ code: 1, said: "" });
});

test("start --only brings up the processes that it names, and no other", async () => {
  await expect(startCommand(["--only", "api,wrker"])).rejects.toThrow(
    '--only api,wrker: "wrker" is none of indexer, worker, api.',
  );
  const other = mkdtempSync(join(tmpdir(), "genbo-only-"));
  const main = join(import.meta.dirname, "../src/main.ts");
  const port = await freePort();
  const args = ["start", "--data", other, "--port", String(port), "--only", "api, indexer"];
  const child = spawn(process.execPath, [main, ...args], {
    env: inheritedEnv(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (more) => {
    said += more;
  });
  const ended = exitOf(child);
  try {
    await expect.poll(() => said, { timeout: 50_000 }).toContain("Ctrl-C");
    expect(said).toMatch(/processes +indexer, api\n/);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    expect(readdirSync(join(other, "logs"))).toEqual(expect.arrayContaining(["api.log", "indexer.log"]));
    expect(readdirSync(join(other, "logs"))).not.toContain("worker.log");
  } finally {
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
    rmSync(other, { recursive: true, force: true });
  }
});

test("a stop and a start keep chain, database, time and secrets", async () => {
  const hash = async () => {
    const rpc = createRpc([stack.urls.chain]);
    const block = await rpc.call<{ hash: string }>("eth_getBlockByNumber", "0x1", false);
    rpc.close();
    return block.hash;
  };
  const first = await hash();
  await stack.stop();
  stack = await start();
  expect(await hash()).toBe(first);
  expect(await query("select n from kept")).toEqual([{ n: 7n }]);
  expect(stack.clock.now().getTime()).toBeGreaterThan(genesisTime.getTime() + 86_000_000);
});

test("after kill -9 of a supervisor its programs end, and the next one takes the folder over", async () => {
  const other = mkdtempSync(join(tmpdir(), "genbo-killed-"));
  const options = { dataDir: other, genesisTime, services: [] };
  const script = `import { startStack } from "../src/supervisor.ts";
    const options = ${JSON.stringify(options)};
    const stack = await startStack({ ...options, genesisTime: new Date(options.genesisTime) });
    console.log(stack.urls.chain);`;
  const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chain = String(await new Promise((done) => parent.stdout.once("data", done))).trim();
  const ended = exitOf(parent);
  parent.kill("SIGKILL");
  await ended;
  const next = await startStack(options);
  await expect
    .poll(
      () =>
        createRpc([chain])
          .call("eth_chainId")
          .catch(() => "gone"),
      { timeout: 5_000 },
    )
    .toBe("gone");
  await next.stop();
  rmSync(other, { recursive: true, force: true });
});
