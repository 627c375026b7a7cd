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

/** What a principal sees of each kind of thing. What it does not see is not there for it. */

export function issueView({ role, partyId }: Principal): IssueView {
  if (role === "issuer" || role === "trustee") return { as: role, partyId };
  return seesOpenIssues.has(role) ? { as: "broker" } : { as: "everything" };
}

/** Sees the issues that are open to all, and no drafts. */
const seesOpenIssues: ReadonlySet<Role> = new Set(["broker", "settlement-agent", "venue", "investor"]);

export const investorView = ({ role, partyId }: Principal): InvestorView =>
  role === "broker" ? { as: "broker", partyId } : { as: "everything" };

export const custodyView = ({ role, partyId }: Principal): CustodyView =>
  role === "broker" ? { as: "broker", partyId } : { as: "everything" };

export function walletProofView({ role, partyId }: Principal): WalletProofView {
  return role === "broker" || role === "investor" ? { as: role, partyId } : { as: "everything" };
}

export const transferView = ({ role, partyId }: Principal): TransferView =>
  role === "broker" || role === "trustee" ? { as: role, partyId } : { as: "everything" };

export const caseView = ({ role, partyId }: Principal): CaseView =>
  role === "broker" || role === "trustee" ? { as: role, partyId } : { as: "everything" };

export const inspectionView = ({ role, partyId }: Principal): InspectionView =>
  role === "trustee" ? { as: role, partyId } : { as: "everything" };

export function operationView({ role, partyId }: Principal): OperationView {
  if (role === "trustee") return { as: "trustee", partyId };
  return isParty(role) ? { as: "party", partyId } : { as: "everything" };
}

export function eventView({ role, partyId }: Principal): EventView {
  if (role === "trustee") return { as: "trustee", partyId };
  return isParty(role) ? { as: "party", partyId } : { as: "everything" };
}

/** Sees what is its own, and what concerns it. */
const isParty = (role: Role): boolean =>
  role === "issuer" || role === "broker" || role === "settlement-agent";

export function settlementView({ role, partyId }: Principal): SettlementView {
  const own = role === "broker" || role === "trustee" || role === "settlement-agent";
  return own ? { as: role, partyId } : { as: "everything" };
}

/** Who may read names and addresses: the law's keepers of the register, and a broker of its own customers. */
export const seesParticulars = ({ role, scopes }: Principal): boolean =>
  scopes.includes("particulars:read") && ["trustee", "compliance", "broker"].includes(role);
