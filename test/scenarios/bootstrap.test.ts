import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inheritedEnv } from "@genbo/domain/env";
import { afterAll, beforeAll, expect, test } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "genbo-bootstrap-"));
/** Speaks no TLS, as a registry behind a broken proxy. */
let registry: Server;

beforeAll(async () => {
  registry = createServer((socket) =>
    socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  );
  await new Promise<void>((done) => registry.listen(0, "127.0.0.1", done));
  mkdirSync(join(dir, "scripts"));
  copyFileSync(resolve("scripts/bootstrap.mjs"), join(dir, "scripts/bootstrap.mjs"));
  writeFileSync(join(dir, "pnpm-lock.yaml"), "");
  const { port } = registry.address() as AddressInfo;
  writeFileSync(join(dir, ".npmrc"), `registry=https://127.0.0.1:${port}/\ncache=${join(dir, "cache")}\n`);
});
afterAll(() => {
  registry.close();
  rmSync(dir, { recursive: true, force: true });
});

test("a registry that fails TLS is said within seconds, with the reason", async () => {
  const started = performance.now();
  const child = spawn(process.execPath, [join(dir, "scripts/bootstrap.mjs"), "scripts/any.ts"], {
    cwd: dir,
    env: { ...inheritedEnv(), HOME: dir },
  });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes;
  });
  const code = await new Promise((done) => child.on("exit", done));
  expect(code).toBe(1);
  expect(said).toMatch(/SSL/);
  expect(said).toContain("Is a package registry in reach?");
  expect(performance.now() - started).toBeLessThan(30_000);
}, 90_000);
