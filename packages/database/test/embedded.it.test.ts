import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresOptions, startPostgres } from "@genbo/database/server/embedded";
import { freePort } from "@genbo/domain/free-port";
import pg from "pg";
import { afterAll, expect, test } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "genbo-embedded-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const options: PostgresOptions = { dataDir: join(dir, "cluster"), password: 'it\'s "secret"' };

async function query(port: number, text: string): Promise<unknown[]> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password: options.password,
    database: "postgres",
  });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

test("keeps its data over a clean stop and a kill -9, on the port it is given, durable by default", async () => {
  const first = await startPostgres(options);
  expect(await query(first.port, "show fsync")).toEqual([{ fsync: "on" }]);
  await query(first.port, "create table kept (n int)");
  await first.stop();
  expect(existsSync(join(options.dataDir, "postmaster.pid"))).toBe(false);

  const port = await freePort();
  const second = await startPostgres({ ...options, port });
  expect(second.port).toBe(port);
  await query(port, "insert into kept values (1)");
  process.kill(second.pid, "SIGKILL");
  expect(await second.exited).toEqual({ code: null, signal: "SIGKILL" });

  const third = await startPostgres({ ...options, port });
  expect(await query(port, "select n from kept")).toEqual([{ n: 1 }]);
  await third.stop();
});

test("its log names an error and quotes nothing of what was to be written", async () => {
  const logFile = join(dir, "quiet.log");
  const server = await startPostgres({ ...options, logFile });
  await query(server.port, "create table told (name text primary key, n int check (n > 0))");
  await query(server.port, "insert into told values ('Yamada', 1)");
  for (const text of ["('Yamada', 2)", "('Suzuki', 0)"])
    await expect(query(server.port, `insert into told values ${text}`)).rejects.toThrow("violates");
  await server.stop();
  const log = readFileSync(logFile, "utf8");
  expect(log).toContain("violates unique constraint");
  expect(log).not.toMatch(/Yamada|Suzuki/);
});

test("starts beside a pid file whose pid now belongs to another program", async () => {
  const file = join(options.dataDir, "postmaster.pid");
  writeFileSync(file, `${process.pid}\n${options.dataDir}\n`);
  const server = await startPostgres(options);
  expect(readFileSync(file, "utf8").split("\n")[0]).toBe(String(server.pid));
  await server.stop();
});

test("ends when its parent is killed, and the next start takes the folder over", async () => {
  const script = `import { startPostgres } from "@genbo/database/server/embedded";
    console.log((await startPostgres(${JSON.stringify(options)})).port);`;
  const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = Number(await new Promise((done) => parent.stdout.once("data", done)));
  parent.kill("SIGKILL");
  const server = await startPostgres(options);
  await expect(query(port, "select 1")).rejects.toThrow("ECONNREFUSED");
  await server.stop();
});
