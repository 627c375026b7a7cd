import type { Queryable } from "@genbo/database/sql/connection";
import { type Particulars, type SealedParticulars, sealParticulars } from "@genbo/database/vault/seal";
import { nextVersion } from "@genbo/database/vault/vault";
import type { ApiContext } from "../context.ts";
import { keyOfPerson } from "./person-key.ts";

/** A new version of a person's particulars under its own key, with the person's row locked. @throws ProblemError once that was destroyed */
export async function sealNext(
  ctx: ApiContext,
  db: Queryable,
  personId: string,
  particulars: Particulars,
): Promise<SealedParticulars> {
  const key = await keyOfPerson(ctx, db, personId);
  return sealParticulars(key, personId, await nextVersion(db, personId), particulars);
}
