import { createHash } from "node:crypto";
import { presentTerms } from "@genbo/database/issues/issue-terms";
import type { IssueWithState } from "@genbo/database/issues/issues";
import { type CertificateSigner, type SignerParty, signerParties } from "@genbo/database/legal/certificates";
import type { Queryable } from "@genbo/database/sql/connection";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { GeneralSign } from "jose";
import type { ApiContext } from "../context.ts";
import { ProblemError } from "../http/problem.ts";

/**
 * Who must sign: every trustee of a trust (TA 187(4), 202(4)), the issuer of a bond (CA 682(2), 695(2)).
 * @throws ProblemError STATE_CONFLICT where the deed names a trustee that is no party here and so cannot sign
 */
export async function signersOf(db: Queryable, issue: IssueWithState): Promise<SignerParty[]> {
  if (issue.profile === "BOND") return signerParties(db, [issue.issuerId], []);
  // Those of now: who has left office signs no more.
  const { terms } = await presentTerms(db, issue.id);
  const { trustees } = terms as unknown as { trustees: readonly { name: string }[] };
  // A sole trustee is the issue's own, however the deed writes its name.
  const names = trustees.length > 1 ? trustees.map(({ name }) => name) : [];
  const parties = await signerParties(db, [issue.trusteeId], names);
  const missing = names.find((name) => !parties.some((party) => party.name === name));
  if (missing !== undefined) {
    const detail = `Every trustee signs, and ${missing} is no party of this platform.`;
    throw new ProblemError("STATE_CONFLICT", detail, { target: issue.id });
  }
  return parties;
}

export interface Signed {
  /** JSON text of the general JWS. */
  text: string;
  /** Of the payload's bytes. */
  sha256: string;
  signers: CertificateSigner[];
}

/** Signs canonical JSON with the key of each party: one text, as many signatures (RFC 7515, 7.2.1). */
export async function signedBy(
  ctx: ApiContext,
  parties: readonly SignerParty[],
  statement: Readonly<Record<string, unknown>>,
): Promise<Signed> {
  const payload = Buffer.from(canonicalJson(statement));
  const sign = new GeneralSign(payload);
  const signers: CertificateSigner[] = [];
  for (const { id, name } of parties) {
    const { kid, key, jwk } = await ctx.signingKeys.keyOf(id);
    sign.addSignature(key).setProtectedHeader({ alg: "ES256", kid, cty: "application/json" });
    signers.push({ partyId: id, name, kid, jwk: { ...jwk } });
  }
  const text = JSON.stringify(await sign.sign());
  return { text, sha256: createHash("sha256").update(payload).digest("hex"), signers };
}
