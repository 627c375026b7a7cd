import { parseDatabaseUrl } from "@genbo/database/server/address";
import { migrate, schemaDrift } from "@genbo/database/server/migrate";
import { expect, inject, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";

test("a migrated database has nothing left to apply, and says what was applied", async () => {
  const database = await createTestDatabase();
  expect(await migrate(parseDatabaseUrl(database.urls.genbo))).toEqual([]);
  const applied = await database
    .pool("genbo")
    .query("select migration_name, finished_at from _prisma_migrations");
  expect(applied.rows.map((row) => row.migration_name)).toContain("0001_init");
  expect(applied.rows.every((row) => row.finished_at instanceof Date)).toBe(true);
});

test("prisma/schema.prisma and the migrations describe the same database", async () => {
  expect(await schemaDrift(inject("testServer"))).toBe("");
});
