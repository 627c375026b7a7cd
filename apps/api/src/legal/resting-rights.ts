import type { Queryable } from "@genbo/database/sql/connection";
import { doRightsRest } from "@genbo/database/vault/vault";
import type { Role } from "@genbo/domain/permissions";
import type { Language } from "../http/problem.ts";
import { ProblemError } from "../http/problem.ts";
import { numberOf, ruleWire } from "../orders/failing.ts";

interface Exercise {
  /** Who has the right. */
  personId: string;
  role: Role;
  trusteeAgrees: true | undefined;
  language: Language;
  target: string;
  pointer: string;
}

/**
 * A beneficiary's right to a certificate (Trust Act 187(1)) and to inspect the register as such (190(2)), and a
 * bondholder's (Companies Act 682(1), 684(2)), are rights on the units: co-owners exercise them through the one whom they
 * named, or where the trustee agrees (193; 686).
 * @returns whether the trustee's agreement was needed
 * @throws ProblemError RIGHTS_REST
 */
export async function mayExercise(db: Queryable, of: Exercise): Promise<boolean> {
  if (!(await doRightsRest(db, [of.personId]))) return false;
  if (of.role === "trustee" && of.trusteeAgrees) return true;
  const { pointer, target, language } = of;
  throw new ProblemError("RIGHTS_REST", "The holder is co-owners who named nobody to exercise the right.", {
    pointer,
    target,
    failing: [ruleWire(numberOf("CO_OWNERS_UNREPRESENTED"), language)],
  });
}
