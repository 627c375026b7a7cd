import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@genbo/database/server/embedded";
import { migrate } from "@genbo/database/server/migrate";
import { ensureDatabase, ensureRoles } from "@genbo/database/server/roles";
import type { TestProject } from "vitest/node";
import { rolePasswords, type TestServer, templateDatabase } from "./server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

/**
 * Starts the one PostgreSQL of a test run, without the safety that only data worth keeping needs. Chains are started
 * by the files that need one (chain.ts): it takes 0.2 s, and each has its own time and nonces.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), "genbo-test-"));
  const settings = {
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "400",
  };
  const postgres = await startPostgres({ dataDir: join(dir, "postgres"), password: "test", settings });
  const { host, port, user, password } = postgres;
  const admin = { host, port, user, password, database: "postgres" };
  await ensureRoles(admin, rolePasswords);
  await ensureDatabase(admin, templateDatabase);
  await migrate({ host, port, user: "genbo", password: rolePasswords.genbo, database: templateDatabase });
  project.provide("testServer", admin);
  return async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
