import { type Reading, readingOf } from "@genbo/database/register/read-overlay";
import { positionOf } from "@genbo/database/register/read-position";
import type { Pool } from "@genbo/database/sql/connection";
import type { ChainEntry } from "@genbo/register/state";
import { writeIssue } from "../../../../packages/database/test/register-rows.ts";
import { personOf } from "../../../../packages/register/test/chain.ts";
import { rectifiedSample } from "../../../../packages/register/test/rectified.ts";
import { createTestDatabase } from "../../../../test/support/database.ts";

/** A register of one issue, with corrections, in a database of its own. */
export interface RectifiedRegister {
  pool: Pool;
  entries: readonly ChainEntry[];
  /** The register as of entry `seq`, as it is known since entry `knownSeq`. */
  readingAt(seq: number, knownSeq?: number): Promise<Reading>;
}

export async function rectifiedRegister(): Promise<RectifiedRegister> {
  const entries = rectifiedSample(31);
  const database = await createTestDatabase();
  const pool = database.pool("genbo_api");
  const { issueId } = await writeIssue(database.pool("genbo"), entries, personOf);
  const at = async (seq: number) => (await positionOf(pool, issueId, { seq }))!;
  return {
    pool,
    entries,
    readingAt: async (seq, knownSeq = seq) => readingOf(pool, await at(seq), await at(knownSeq)),
  };
}
