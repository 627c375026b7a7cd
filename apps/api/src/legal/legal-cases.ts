import { type CaseSituation, caseSituation } from "@genbo/database/legal/cases-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestParticulars } from "@genbo/database/vault/vault";
import { type CaseFacts, caseFaults, rulesOf } from "@genbo/domain/cases/cases";
import type { CaseDocument, CaseKind } from "@genbo/domain/cases/kinds";
import type { RefusalCode } from "@genbo/domain/refusals";
import type { Represented } from "@genbo/domain/representation";
import type { ApiContext } from "../context.ts";
import { type Language, notFound, ProblemError } from "../http/problem.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { requirementsUnmet } from "../orders/failing.ts";
import { faultsOfPast } from "./case-past.ts";
import { pointersOf } from "./case-pointers.ts";

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
    corrects: rules.corrects?.(facts),
    now,
  });
  if (found === undefined) throw notFound();
  const { token } = mustTakeEntries(found.issue);
  if (rules.personal === undefined) return { ...found, token };
  const personId = found.accounts.get(rules.accounts(facts)[0]!)?.record?.personId;
  if (personId === undefined) return { ...found, token, person: null };
  const newest = (await latestParticulars(db, vaultKeys, [personId])).get(personId);
  const person = (newest?.value ?? null) as Represented | null;
  const version = newest && { number: newest.version, effectiveOn: newest.effectiveOn };
  return { ...found, token, person, ...(version && { version }) };
}

/** Every requirement that a case does not meet. */
export async function faultsOf(
  db: Queryable,
  of: CaseInQuestion,
  situation: CaseSituation,
): Promise<RefusalCode[]> {
  const faults = caseFaults(of.kind, of.facts, of.documents, situation);
  // A case with faults has no plan that could be held against the past.
  return faults.some((code) => code !== "DOCUMENT_MISSING")
    ? faults
    : [...faults, ...(await faultsOfPast(db, of, situation))];
}

/**
 * @param filed a filing, so that each fault points into its body
 * @throws ProblemError CASE_REFUSED naming every fault, if there are any
 */
export function refuseFaults(
  faults: readonly RefusalCode[],
  language: Language,
  target: string,
  filed?: CaseInQuestion,
): void {
  if (faults.length === 0) return;
  const { detail, failing } = requirementsUnmet(faults, language);
  const errors = filed ? pointersOf(faults, filed) : [];
  const pointed = errors[0] && { errors, pointer: errors[0].pointer };
  throw new ProblemError("CASE_REFUSED", detail, { failing, target, ...pointed });
}
