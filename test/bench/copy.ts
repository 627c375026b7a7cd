import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@genbo/cli/supervisor";
import { databaseUrl, parseDatabaseUrl } from "@genbo/database/server/address";
import { createPool, type Pool, withTransaction } from "@genbo/database/sql/connection";

/** What the indexer writes while it folds entries, in the order in which the rows refer to each other. */
const tables = ["chain_block", "entry", "holding_period", "hold", "issue_state", "event"] as const;

/**
 * The ceiling of the fold: the rows that it wrote, given to PostgreSQL once more by COPY, into the same tables with the
 * same indexes and checks. The tables are emptied for it and are as before at the end.
 * @returns milliseconds of the COPY
 */
export async function copyAgain({ urls, folder }: Stack): Promise<number> {
  const superuser = {
    ...parseDatabaseUrl(urls.database.genbo),
    user: "postgres",
    password: folder.passwords.postgres,
  };
  const pool = createPool(databaseUrl(superuser), { max: 1, statementTimeoutMs: 300_000 });
  const files = new Map(tables.map((table) => [table, join(folder.postgres, `bench-${table}.copy`)]));
  try {
    for (const [table, file] of files) await pool.query(`copy ${table} to '${file}' (format binary)`);
    return await copyIn(pool, files);
  } finally {
    await pool.end();
    for (const file of files.values()) rmSync(file, { force: true });
  }
}

async function copyIn(pool: Pool, files: ReadonlyMap<string, string>): Promise<number> {
  await pool.query(`truncate ${tables.join(", ")}, record_date_list`);
  const started = performance.now();
  await withTransaction(pool, async (tx) => {
    for (const [table, file] of files) await tx.query(`copy ${table} from '${file}' (format binary)`);
  });
  return performance.now() - started;
}
