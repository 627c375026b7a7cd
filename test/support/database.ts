import { databaseUrl } from "@genbo/database/server/address";
import { ensureDatabase, type Role, roles } from "@genbo/database/server/roles";
import { createPool, type Pool } from "@genbo/database/sql/connection";
import { afterAll, inject } from "vitest";
import { rolePasswords, templateDatabase } from "./server.ts";

export interface TestDatabase {
  name: string;
  /** Login URL of each role; `genbo` owns the schema. */
  urls: Readonly<Record<Role, string>>;
  /** Login URL of the superuser. */
  adminUrl: string;
  /**
   * A pool of that role, ended after the file's last test. As the indexer's own, those that may write the register send
   * statements that do not wait for the answer to the one before.
   */
  pool(role: Role): Pool;
  /** As the superuser, whom no limit of the database stops. */
  asSuperuser<T>(act: (db: Pool) => Promise<T>): Promise<T>;
  /** `alter database … setting`, for every session: those that are open end. */
  alter(setting: string): Promise<void>;
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
  const adminUrl = databaseUrl({ ...admin, database: name });
  const asSuperuser: TestDatabase["asSuperuser"] = async (act) => {
    const superuser = createPool(adminUrl, { max: 1 });
    try {
      return await act(superuser);
    } finally {
      await superuser.end();
    }
  };
  return {
    name,
    urls,
    adminUrl,
    asSuperuser,
    alter: (setting) =>
      asSuperuser(async (db) => {
        await db.query("set default_transaction_read_only = off");
        await db.query(`alter database ${name} ${setting}`);
        await db.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        );
      }),
    pool: (role) => {
      const pool = createPool(urls[role], {
        max: 10,
        pipeline: role === "genbo_indexer" || role === "genbo",
      });
      pools.push(pool);
      return pool;
    },
  };
}
