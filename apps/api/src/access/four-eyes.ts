import { makersBehind, type Principal } from "@genbo/database/parties/keys";
import type { Queryable } from "@genbo/database/sql/connection";
import { subjectOf } from "@genbo/domain/subject";
import { ProblemError } from "../http/problem.ts";

/** Who has taken part in an act so far, and since when it is there. */
export interface Parts {
  id: string;
  subjects: readonly (string | null)[];
  since: Date;
}

/**
 * Whoever acts now is another person than all who took part before. A key counts as its subject, and as whoever made
 * it until the operator has confirmed who holds it (docs/adr/0015). @throws ProblemError MAKER_IS_CHECKER
 */
export async function otherPerson(
  db: Queryable,
  principal: Principal,
  { id, subjects, since }: Parts,
  detail: string,
): Promise<void> {
  const before = subjects.flatMap((subject) => (subject === null ? [] : [subjectOf(subject)]));
  if (before.length === 0) return;
  const persons = new Set([...before, ...(await makersBehind(db, before, since))]);
  const own = [principal.subject, principal.madeBy].flatMap((each) => each ?? []).map(subjectOf);
  if (own.some((subject) => persons.has(subject)))
    throw new ProblemError("MAKER_IS_CHECKER", detail, { target: id });
}
