import type { Pool, Queryable } from "@genbo/database/sql/connection";
import { withTransaction } from "@genbo/database/sql/connection";

/**
 * Runs queries, and counts the pages that each of them reads by the plan for any parameters, which a named statement
 * comes to have: it may use a partial index only where its text says so by itself.
 */
export function countingPages(pool: Pool): { db: Queryable; pages(): number } {
  let pages = 0;
  const query = async (asked: string | { text: string; values?: unknown[] }, more?: unknown[]) => {
    const { text, values = [] } = typeof asked === "string" ? { text: asked, values: more } : asked;
    await withTransaction(pool, async (tx) => {
      await tx.query("set local plan_cache_mode = force_generic_plan");
      await tx.query(`prepare counted as ${text}`);
      const given = values.length === 0 ? "" : `(${values.map(literal).join(", ")})`;
      const explained = await tx.query(`explain (analyze, buffers, format json) execute counted ${given}`);
      await tx.query("deallocate counted");
      const { Plan } = explained.rows[0]["QUERY PLAN"][0];
      pages += Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
    });
    return pool.query(text, values);
  };
  return { db: { query: query as Queryable["query"] }, pages: () => pages };
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return `'${Array.isArray(value) ? `{${value.join(",")}}` : String(value)}'`;
}
