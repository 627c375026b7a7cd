import { type CaseFacts, caseFaults, rulesOf } from "../../src/cases/cases.ts";
import type { CaseDocument, CaseKind, DocumentKind } from "../../src/cases/kinds.ts";
import type { Situation } from "../../src/cases/situation.ts";
import { ref, situationOf } from "./register.ts";

export const caseRef = ref(0xca5e);
const papers = (...kinds: DocumentKind[]): CaseDocument[] =>
  kinds.map((kind) => ({ kind, name: `${kind}.pdf`, sha256: "0".repeat(64) }));

export function faultsOf<Kind extends CaseKind>(
  kind: Kind,
  facts: CaseFacts[Kind],
  documents: DocumentKind[],
  situation: Situation = situationOf(),
) {
  return caseFaults(kind, facts, papers(...documents), situation);
}
export const planOf = <Kind extends CaseKind>(
  kind: Kind,
  facts: CaseFacts[Kind],
  situation: Situation = situationOf(),
) => rulesOf(kind).plan({ id: "cas_1", ref: caseRef, facts }, situation);
/** The only row of the last call. */
export const rowOf = (plan: ReturnType<typeof planOf>) => (plan.calls.at(-1)!.args.rows as object[])[0];
