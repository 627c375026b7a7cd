import type { Queryable } from "@genbo/database/sql/connection";
import { type Particulars, type SealedParticulars, sealParticulars } from "@genbo/database/vault/seal";
import { subjectKey } from "@genbo/database/vault/vault";
import type { ApiContext } from "../context.ts";
import { ProblemError } from "../http/problem.ts";

/** A new version of a person's particulars under its own key. @throws ProblemError once that was destroyed */
export async function sealNext(
  ctx: ApiContext,
  db: Queryable,
  personId: string,
  version: number,
  particulars: Particulars,
): Promise<SealedParticulars> {
  const key = await subjectKey(db, ctx.vaultKeys, personId);
  if (key === null) throw new ProblemError("STATE_CONFLICT", "The person's data was erased.");
  return sealParticulars(key, personId, version, particulars);
}
