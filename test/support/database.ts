import { databaseUrl } from "@genbo/database/address";
import { createPool, type Pool } from "@genbo/database/connection";
import { ensureDatabase, type Role, roles } from "@genbo/database/roles";
import { afterAll, inject } from "vitest";
import { rolePasswords, templateDatabase } from "./server.ts";

export interface TestDatabase {
  name: string;
  /** Login URL of each role; `genbo` owns the schema. */
  urls: Readonly<Record<Role, string>>;
  /** Login URL of the superuser. */
  adminUrl: string;
  /** A pool of that role, ended after the file's last test. */
  pool(role: Role): Pool;
}

/** A fresh, migrated database of this test file's own. Call it in `beforeAll` or at the top of the file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = inject("testServer");
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await ensureDatabase(admin, name, templateDatabase);
  const urlOf = (role: Role) =>
    databaseUrl({ ...admin, user: role, password: rolePasswords[role], database: name });
  const urls = Object.fromEntries(roles.map((role) => [role, urlOf(role)])) as Record<Role, string>;
  const pools: Pool[] = [];
  afterAll(async () => void (await Promise.all(pools.map((pool) => pool.end()))));
  return {
    name,
    urls,
    adminUrl: databaseUrl({ ...admin, database: name }),
    pool: (role) => {
      const pool = createPool(urls[role], { max: 10 });
      pools.push(pool);
      return pool;
    },
  };
}
