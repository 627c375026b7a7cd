import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseUrl } from "@genbo/database/server/address";
import { startPostgres } from "@genbo/database/server/embedded";
import { migrate } from "@genbo/database/server/migrate";
import { ensureDatabase, ensureRoles, roles } from "@genbo/database/server/roles";
import { createPool } from "@genbo/database/sql/connection";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { rolePasswords } from "../../../test/support/server.ts";

test("every role of ours has its settings, whatever the server's own are", async () => {
  const database = await createTestDatabase();
  for (const role of roles) {
    const db = database.pool(role);
    const found = await Promise.all(["random_page_cost", "jit"].map((name) => db.query(`show ${name}`)));
    expect(
      found.map(({ rows }) => Object.values(rows[0])[0]),
      role,
    ).toEqual(["1.1", "off"]);
  }
});

test("whoever may make roles and databases, and no more, sets up a server, and does so again", async () => {
  const dir = mkdtempSync(join(tmpdir(), "genbo-roles-"));
  const server = await startPostgres({ dataDir: dir, password: "test", settings: { fsync: "off" } });
  try {
    const superuser = createPool(databaseUrl({ ...server, database: "postgres" }), { max: 1 });
    await superuser.query("create role keeper login createrole createdb password 'keeper'");
    await superuser.end();
    const keeper = { ...server, user: "keeper", password: "keeper", database: "postgres" };
    for (const _ of ["first", "again"]) {
      await ensureRoles(keeper, rolePasswords);
      await ensureDatabase(keeper, "kept");
      await migrate({ ...keeper, user: "genbo", password: rolePasswords.genbo, database: "kept" });
    }
    const kept = createPool(databaseUrl({ ...keeper, database: "kept" }), { max: 1 });
    const made = await kept.query(
      `select rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb from pg_roles
       where rolname like 'genbo%' order by rolname`,
    );
    expect(made.rows).toEqual(
      [...roles].sort().map((rolname) => ({
        rolname,
        rolcanlogin: true,
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
      })),
    );
    const owned = await kept.query("select tableowner from pg_tables where tablename = 'entry'");
    expect(owned.rows).toEqual([{ tableowner: "genbo" }]);
    await kept.end();
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
