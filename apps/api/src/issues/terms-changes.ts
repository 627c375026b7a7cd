import { createHash } from "node:crypto";
import { bondTerms, trustTerms } from "@genbo/api-schema/terms";
import { isCorrectable } from "@genbo/database/issues/issue-terms";
import type { IssueWithState } from "@genbo/database/issues/issues";
import type { Queryable } from "@genbo/database/sql/connection";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { z } from "zod";
import { invalidField } from "../http/problem.ts";
import { parse } from "../http/validate.ts";
import type { ChangeFacts, Proposal } from "./issue-changes.ts";

/**
 * What a change of terms states. Where the deed changes a statutory item, the chain takes the hash of deed and items
 * together, so that neither can be put in another's place.
 * @throws ProblemError INVALID_FIELD
 */
export async function termsFacts(
  db: Queryable,
  issue: Pick<IssueWithState, "id" | "profile">,
  { sha256, terms, corrects }: Extract<Proposal, { kind: "TERMS" }>,
): Promise<ChangeFacts> {
  if (terms === undefined) {
    if (corrects !== undefined) throw invalidField("/terms", "is missing: the items that are right");
    return { sha256 };
  }
  const items = issue.profile === "BOND" ? bondTerms : trustTerms;
  const stated = parse(z.object({ terms: items }), { terms }, "");
  if (corrects !== undefined) await refuseUncorrectable(db, issue.id, corrects);
  const termsHash = `0x${createHash("sha256")
    .update(canonicalJson({ deed: sha256, terms: stated.terms }))
    .digest("hex")}`;
  return { sha256, ...stated, ...(corrects !== undefined && { corrects }), termsHash };
}

/** @throws ProblemError INVALID_FIELD unless the entry put items into the register that none has corrected */
export async function refuseUncorrectable(db: Queryable, issueId: string, entry: number): Promise<void> {
  if (!(await isCorrectable(db, issueId, entry)))
    throw invalidField("/corrects", "is no entry of statutory items, or one that is corrected already");
}
