import { params } from "@genbo/database/commands/statement";
import { keyPart, newSecret } from "@genbo/database/parties/keys";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { scopesOf } from "@genbo/domain/permissions";

/** An API key of the synthetic chain's trustee. @returns its secret */
export async function trusteeKey(db: Queryable, at: Date): Promise<string> {
  const { secret, prefix, hash } = newSecret();
  const part = keyPart({
    id: newId("key", at),
    partyId: "pty_trustee",
    role: "trustee",
    subject: "staff:trustee",
    prefix,
    hash,
    scopes: scopesOf("trustee"),
    at,
    expiresAt: null,
    madeBy: null,
    waits: false,
    confirmedAt: null,
  });
  const { param, values } = params();
  await db.query(`with start as (select 1) ${part.sql(param, "start")}`, values);
  return secret;
}
