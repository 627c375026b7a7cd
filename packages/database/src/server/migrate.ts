import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DiffTarget, MigrationList, SchemaEngine, SchemaFilter } from "@prisma/schema-engine-wasm";
import type { DatabaseAddress } from "./address.ts";
import { withSchemaEngine } from "./schema-engine.ts";

const prismaDir = resolve(import.meta.dirname, "../../../../prisma");
const filters: SchemaFilter = { externalTables: [], externalEnums: [] };

/**
 * Applies what `prisma/migrations` has and the database has not, in order, each in one transaction, recorded in
 * `_prisma_migrations` as `prisma migrate deploy` would. Log in as the schema's owner.
 * @returns the names of the migrations applied now; none when the database was up to date.
 */
export async function migrate(address: DatabaseAddress): Promise<string[]> {
  const migrationsList = await readMigrations();
  const apply = (engine: SchemaEngine) => engine.applyMigrations({ migrationsList, filters });
  try {
    return (await withSchemaEngine(address, apply)).appliedMigrationNames;
  } catch (cause) {
    throw new Error(`A migration failed: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`, {
      cause,
    });
  }
}

/**
 * What `prisma/schema.prisma` says otherwise than the migrations, as a migration script; empty when they agree.
 * `address` logs in as somebody who may make a database, for the migrations are replayed in one of their own.
 */
export async function schemaDrift(address: DatabaseAddress): Promise<string> {
  const path = join(prismaDir, "schema.prisma");
  const content = await readFile(path, "utf8");
  const from: DiffTarget = { tag: "migrations", ...(await readMigrations()) };
  const to: DiffTarget = { tag: "schemaDatamodel", files: [{ path, content }] };
  const diff = (engine: SchemaEngine) => engine.diff({ from, to, script: true, exitCode: true, filters });
  const result = await withSchemaEngine(address, diff, content);
  return result.exitCode === 2 ? (result.stdout ?? "") : "";
}

async function readMigrations(): Promise<MigrationList> {
  const baseDir = join(prismaDir, "migrations");
  const folders = (await readdir(baseDir, { withFileTypes: true })).filter((each) => each.isDirectory());
  const names = folders.map((folder) => folder.name).sort();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(baseDir, name, "migration.sql"), "utf8");
      return {
        path: name,
        migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value: content } },
      };
    }),
  );
  const lockfile = { path: "migration_lock.toml", content: 'provider = "postgresql"\n' };
  return { baseDir, lockfile, shadowDbInitScript: "", migrationDirectories };
}
