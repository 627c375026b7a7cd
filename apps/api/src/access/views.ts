import type { OperationView } from "@genbo/database/commands/operations";
import type { IssueView } from "@genbo/database/issues/issues";
import type { SettlementView } from "@genbo/database/issues/settlements";
import type { TransferView } from "@genbo/database/issues/transfers";
import type { CaseView } from "@genbo/database/legal/cases";
import type { CustodyView } from "@genbo/database/legal/custody-changes";
import type { InspectionView } from "@genbo/database/legal/inspections";
import type { EventView } from "@genbo/database/outbox/events";
import type { InvestorView } from "@genbo/database/parties/investors";
import type { Principal } from "@genbo/database/parties/keys";
import type { WalletProofView } from "@genbo/database/parties/wallet-proofs";
import type { Role } from "@genbo/domain/permissions";
import { ProblemError } from "../http/problem.ts";

/** What a principal sees of each kind of thing. What it does not see is not there for it. */

/**
 * Whoever oversees the platform sees all that its scopes let it ask for, and so does who is named besides.
 * @throws ProblemError for a role that nobody has thought of: it sees nothing
 */
function everythingFor({ role }: Principal, ...besides: Role[]): { as: "everything" } {
  if (overseers.has(role) || besides.includes(role)) return { as: "everything" };
  throw new ProblemError("FORBIDDEN", `A key of the role ${role} sees none of these.`);
}

const overseers: ReadonlySet<Role> = new Set(["compliance", "auditor"]);

export function issueView(principal: Principal): IssueView {
  const { role, partyId } = principal;
  if (role === "issuer" || role === "trustee") return { as: role, partyId };
  return seesOpenIssues.has(role) ? { as: "broker" } : everythingFor(principal);
}

/** Sees the issues that are open to all, and no drafts. */
const seesOpenIssues: ReadonlySet<Role> = new Set(["broker", "settlement-agent", "venue", "investor"]);

export const investorView = (principal: Principal): InvestorView =>
  principal.role === "broker"
    ? { as: "broker", partyId: principal.partyId }
    : everythingFor(principal, "trustee");

export const custodyView = (principal: Principal): CustodyView =>
  principal.role === "broker"
    ? { as: "broker", partyId: principal.partyId }
    : everythingFor(principal, "trustee");

export function walletProofView(principal: Principal): WalletProofView {
  const { role, partyId } = principal;
  return role === "broker" || role === "investor"
    ? { as: role, partyId }
    : everythingFor(principal, "trustee");
}

export function transferView(principal: Principal): TransferView {
  const { role, partyId } = principal;
  return role === "broker" || role === "trustee" ? { as: role, partyId } : everythingFor(principal);
}

export function caseView(principal: Principal): CaseView {
  const { role, partyId } = principal;
  return role === "broker" || role === "trustee" ? { as: role, partyId } : everythingFor(principal);
}

export const inspectionView = (principal: Principal): InspectionView =>
  principal.role === "trustee" ? { as: "trustee", partyId: principal.partyId } : everythingFor(principal);

/** A party sees what is its own, and what concerns it. */
export function operationView(principal: Principal): OperationView {
  const { role, partyId } = principal;
  if (role === "trustee") return { as: "trustee", partyId };
  return isParty(role) ? { as: "party", partyId } : everythingFor(principal, "operator");
}

export function eventView(principal: Principal): EventView {
  const { role, partyId } = principal;
  if (role === "trustee") return { as: "trustee", partyId };
  return isParty(role) ? { as: "party", partyId } : everythingFor(principal);
}

const isParty = (role: Role): boolean =>
  role === "issuer" || role === "broker" || role === "settlement-agent";

export function settlementView(principal: Principal): SettlementView {
  const { role, partyId } = principal;
  const own = role === "broker" || role === "trustee" || role === "settlement-agent";
  return own ? { as: role, partyId } : everythingFor(principal);
}

/** Who may read names and addresses: the law's keepers of the register, and a broker of its own customers. */
export const seesParticulars = ({ role, scopes }: Principal): boolean =>
  scopes.includes("particulars:read") && ["trustee", "compliance", "broker"].includes(role);
