import type { issue } from "@genbo/api-schema/issues";
import type { IssueWithState } from "@genbo/database/issues/issues";
import { approvedUnits, type RatioLines } from "@genbo/domain/approved-units";
import { classesOf } from "@genbo/domain/investor-class";
import type { Role } from "@genbo/domain/permissions";
import { decodePolicy } from "@genbo/domain/policy-word";
import type { z } from "zod";

type IssueWire = z.input<typeof issue>;

/**
 * @param lines the consolidations and splits since it was issued
 * @param role a venue sees no sum of the holders, who may be few (ADR 0028)
 */
export function issueWire(row: IssueWithState, lines: RatioLines, role: Role): IssueWire {
  const { issueState: register } = row;
  return {
    id: row.id,
    profile: row.profile,
    name: row.name,
    symbol: row.symbol,
    state: row.state,
    issuerId: row.issuerId,
    trusteeId: row.trusteeId,
    totalUnits: String(approvedUnits(row.totalUnits, lines)),
    unitPriceYen: String(row.unitPriceYen),
    totalYen: String(row.totalUnits * row.unitPriceYen),
    minUnits: String(row.minUnits),
    lot: String(row.lot),
    successionKeepsDates: row.successionKeepsDates,
    certificateless: row.certificateless,
    policy: policyWire(register?.policy ?? row.policy),
    ref: row.ref,
    termsHash: row.termsHash,
    token: row.token,
    codeHash: row.codeHash,
    deployedBlock: row.deployedBlock === null ? null : Number(row.deployedBlock),
    maker: row.maker,
    checker: row.checker,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    register:
      register && role !== "venue"
        ? {
            seq: Number(register.seq),
            head: register.head,
            units: String(register.units),
            holders: register.holders,
          }
        : null,
  };
}

function policyWire(word: string): IssueWire["policy"] {
  const policy = decodePolicy(word);
  return {
    paused: policy.paused,
    acceptanceRequired: policy.acceptanceRequired,
    approvalRequired: policy.approvalRequired,
    wholeHoldingOnly: policy.wholeHoldingOnly,
    transfersForbidden: policy.transfersForbidden,
    unitsPerPersonTracked: policy.unitsPerPersonTracked,
    classes: classesOf(policy.classMask),
    lockUpUntil: policy.lockUpUntil === 0 ? null : new Date(policy.lockUpUntil * 1000).toISOString(),
    maxUnitsPerPerson: policy.maxUnitsPerPerson === 0n ? null : String(policy.maxUnitsPerPerson),
    maxHolders: policy.maxHolders === 0 ? null : policy.maxHolders,
  };
}
