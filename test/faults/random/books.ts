import assert from "node:assert/strict";
import type { Pool } from "@genbo/database/sql/connection";
import type { LoadResult } from "./load.ts";

/** What stands in the database of requests: operations, and what they are about. Roots are published by nobody's request. */
interface Requested {
  operations: string[];
  subjects: string[];
}

/** Tells what a load has left in the database from what was there before. */
export interface Books {
  /** Throws unless the database has what was asked for, all of it and nothing more, and each outcome is the register's. */
  agree(load: LoadResult): Promise<void>;
}

export async function openBooks(pool: Pool): Promise<Books> {
  let before = await requestedIn(pool);
  return {
    agree: async ({ operations, subjects }) => {
      const now = await requestedIn(pool);
      const heard = operations.map(({ id }) => id);
      assert.deepEqual(
        news(now.operations, before.operations),
        heard.sort(),
        "operations, and those heard of",
      );
      assert.deepEqual(news(now.subjects, before.subjects), subjects.sort(), "subjects, and those heard of");
      before = now;
      await outcomesAgree(pool, operations);
    },
  };
}

async function requestedIn(pool: Pool): Promise<Requested> {
  const idsOf = async (text: string) => (await pool.query<{ id: string }>(text)).rows.map(({ id }) => id);
  return {
    operations: await idsOf("select id from operation where kind <> 'anchor.publish'"),
    subjects: await idsOf(
      "select id from transfer union all select id from legal_case union all select id from issue_change",
    ),
  };
}

function news(now: readonly string[], before: readonly string[]): string[] {
  const known = new Set(before);
  return now.filter((id) => !known.has(id)).sort();
}

/**
 * A row that entered has one line of the register, and no other row has any. As the database has the operations now: a
 * local chain that is killed may have taken back what was entered when the load heard of it, and entered it later.
 */
async function outcomesAgree(pool: Pool, operations: LoadResult["operations"]): Promise<void> {
  const { rows } = await pool.query<Ended>(
    `select o.id, o.kind, o.state, o.rows_entered as entered, o.entered_at as "enteredAt", count(e.ref)::integer as lines,
       count(distinct e.ref)::integer as refs, max(e.block_time) as "lastAt"
     from operation o left join entry e on e.operation_id = o.id where o.id = any($1) group by o.id`,
    [operations.map(({ id }) => id)],
  );
  for (const { id, kind, state, entered, enteredAt, lines, refs, lastAt } of rows) {
    const what = `${kind} ${id}, which is ${state}`;
    assert.deepEqual({ lines, refs }, { lines: entered, refs: entered }, `lines of ${what}`);
    assert.equal(enteredAt?.getTime(), lastAt?.getTime(), `time of ${what}`);
  }
}

interface Ended {
  id: string;
  kind: string;
  state: string;
  entered: number;
  enteredAt: Date | null;
  lines: number;
  refs: number;
  lastAt: Date | null;
}
