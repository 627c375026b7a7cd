import type { FailingRule } from "@genbo/api-schema/problem";
import { type RefusalCode, refusal, refusalOf } from "@genbo/domain/refusals";
import { type Language, ProblemError } from "../http/problem.ts";

export const ruleWire = (number: number, language: Language): FailingRule => {
  const found = refusalOf(number);
  return { code: found.code, number: found.number, detail: found[language], fix: found.fix };
};

export const numberOf = (code: RefusalCode): number => refusal(code).number;

interface Against {
  detail: string;
  failing: FailingRule[];
}

/** What an answer says of rules that stand against an order, each once. */
export function rulesStanding(numbers: readonly number[], language: Language): Against {
  const failing = [...new Set(numbers)].map((number) => ruleWire(number, language));
  const codes = failing.map(({ code }) => code).join(", ");
  return { detail: `${failing.length} rules stand against it: ${codes}.`, failing };
}

/** @throws ProblemError TRANSFER_REFUSED naming every rule, if there are any */
export function refuseRules(numbers: readonly number[], language: Language, target: string): void {
  if (numbers.length === 0) return;
  const { detail, failing } = rulesStanding(numbers, language);
  throw new ProblemError("TRANSFER_REFUSED", detail, { failing, target });
}

/** What an answer says of requirements that an act does not meet. */
export function requirementsUnmet(faults: readonly RefusalCode[], language: Language): Against {
  const failing = faults.map((code) => ruleWire(numberOf(code), language));
  return { detail: `${failing.length} requirements are not met: ${faults.join(", ")}.`, failing };
}
