import type { newIssue } from "@genbo/api-schema/issues";
import { classBitsOf } from "@genbo/domain/investor-class";
import { encodePolicy } from "@genbo/domain/policy-word";
import type { z } from "zod";
import { invalidField } from "../http/problem.ts";

export type PolicyTerms = z.output<typeof newIssue>["policy"];

/** Faults of a policy that no single field shows. @throws ProblemError INVALID_FIELD */
export function checkPolicy(policy: PolicyTerms): void {
  if (policy.lockUpUntil !== null && policy.lockUpUntil.getTime() % 1000 !== 0) {
    throw invalidField("/policy/lockUpUntil", "is no whole second");
  }
  const limits = policy.maxUnitsPerPerson !== null || policy.maxHolders !== null;
  // The contract counts persons only from the first unit on, so this is fixed at issue.
  if (limits && !policy.unitsPerPersonTracked) {
    throw invalidField(
      "/policy/unitsPerPersonTracked",
      "must be true where units or holders are limited by person",
    );
  }
}

export function policyWordOf(policy: PolicyTerms, lot: bigint): string {
  const { lockUpUntil, maxUnitsPerPerson, maxHolders, classes, ...flags } = policy;
  return encodePolicy({
    ...flags,
    classMask: classBitsOf(classes),
    lot,
    lockUpUntil: lockUpUntil === null ? 0 : lockUpUntil.getTime() / 1000,
    maxUnitsPerPerson: maxUnitsPerPerson ?? 0n,
    maxHolders: maxHolders ?? 0,
  });
}
