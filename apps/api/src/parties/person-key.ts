import type { Queryable } from "@genbo/database/sql/connection";
import { subjectKey } from "@genbo/database/vault/vault";
import type { ApiContext } from "../context.ts";
import { ProblemError } from "../http/problem.ts";

/** What wants a person's data, once the key of it was destroyed. */
export const dataErased = (): ProblemError =>
  new ProblemError("STATE_CONFLICT", "The person's data was erased.");

/** The key of a person's data. @throws ProblemError STATE_CONFLICT once it was destroyed */
export async function keyOfPerson(ctx: ApiContext, db: Queryable, personId: string): Promise<Buffer> {
  const key = await subjectKey(db, ctx.vaultKeys, personId);
  if (key === null) throw dataErased();
  return key;
}
