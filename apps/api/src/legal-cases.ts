import type { newCase } from "@genbo/api-schema/cases";
import type { Queryable } from "@genbo/database/connection";
import { type CaseSituation, caseSituation } from "@genbo/database/legal-cases-facts";
import { latestParticulars } from "@genbo/database/vault";
import { type CaseFacts, caseFaults, rulesOf } from "@genbo/domain/cases/cases";
import type { CaseDocument, CaseKind } from "@genbo/domain/cases/kinds";
import type { RefusalCode } from "@genbo/domain/refusals";
import type { Represented } from "@genbo/domain/representation";
import type { z } from "zod";
import { pointersOf } from "./case-pointers.ts";
import type { ApiContext } from "./context.ts";
import { type Language, notFound, ProblemError } from "./problem.ts";
import { activeIssue, numberOf, ruleWire } from "./rules.ts";

export type Filing = z.output<typeof newCase>;

/** A case as it is judged, when it is filed and again when it is approved. */
export interface CaseInQuestion {
  issueId: string;
  kind: CaseKind;
  facts: CaseFacts[CaseKind];
  documents: readonly CaseDocument[];
}

/** What the register says about a case now. @throws ProblemError for an issue that takes no entries */
export async function situationOf(
  { vaultKeys }: ApiContext,
  db: Queryable,
  { issueId, kind, facts }: CaseInQuestion,
  now: Date,
): Promise<CaseSituation & { token: string }> {
  const rules = rulesOf(kind);
  const found = await caseSituation(db, {
    issueId,
    accounts: rules.accounts(facts),
    holdId: rules.hold?.(facts),
    now,
  });
  if (found === undefined) throw notFound();
  const { token } = activeIssue(found.issue);
  if (rules.personal === undefined) return { ...found, token };
  const personId = found.accounts.get(rules.accounts(facts)[0]!)?.record?.personId;
  const versions = personId === undefined ? null : await latestParticulars(db, vaultKeys, [personId]);
  const person = (versions?.get(personId!)?.value ?? null) as Represented | null;
  return { ...found, token, person };
}

/** Every requirement that a case does not meet. */
export const faultsOf = (of: CaseInQuestion, situation: CaseSituation): RefusalCode[] =>
  caseFaults(of.kind, of.facts, of.documents, situation);

/**
 * @param facts of a filing, so that each fault points into its body
 * @throws ProblemError CASE_REFUSED naming every fault, if there are any
 */
export function refuseFaults(
  faults: readonly RefusalCode[],
  language: Language,
  target: string,
  facts: object = {},
): void {
  if (faults.length === 0) return;
  const failing = faults.map((code) => ruleWire(numberOf(code), language));
  const detail = `${failing.length} requirements are not met: ${faults.join(", ")}.`;
  const errors = pointersOf(faults, facts);
  const pointed = errors[0] && { errors, pointer: errors[0].pointer };
  throw new ProblemError("CASE_REFUSED", detail, { failing, target, ...pointed });
}
