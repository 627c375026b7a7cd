import { caseFacts } from "@genbo/api-schema/case-facts";
import type { newCase } from "@genbo/api-schema/cases";
import type { Queryable } from "@genbo/database/connection";
import { type CaseSituation, caseSituation } from "@genbo/database/legal-cases-facts";
import { type CaseFacts, caseFaults, rulesOf } from "@genbo/domain/cases/cases";
import type { CaseDocument, CaseKind } from "@genbo/domain/cases/kinds";
import type { RefusalCode } from "@genbo/domain/refusals";
import type { z } from "zod";
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

/** Facts as they are kept, in their wire form, and back. */
export const factsToJson = (facts: CaseFacts[CaseKind]): string =>
  JSON.stringify(facts, (_, value) => (typeof value === "bigint" ? String(value) : value));
export const factsFromJson = (kind: CaseKind, facts: unknown): CaseFacts[CaseKind] =>
  caseFacts[kind].parse(facts) as CaseFacts[CaseKind];

/** What the register says about a case now. @throws ProblemError for an issue that takes no entries */
export async function situationOf(
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
  return { ...found, token: activeIssue(found.issue).token };
}

/** Every requirement that a case does not meet. */
export const faultsOf = (of: CaseInQuestion, situation: CaseSituation): RefusalCode[] =>
  caseFaults(of.kind, of.facts, of.documents, situation);

/** @throws ProblemError CASE_REFUSED naming every fault, if there are any */
export function refuseFaults(faults: readonly RefusalCode[], language: Language, target: string): void {
  if (faults.length === 0) return;
  const failing = faults.map((code) => ruleWire(numberOf(code), language));
  const detail = `${failing.length} requirements are not met: ${faults.join(", ")}.`;
  throw new ProblemError("CASE_REFUSED", detail, { failing, target });
}
