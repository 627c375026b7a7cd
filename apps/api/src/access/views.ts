import type { OperationView } from "@genbo/database/commands/operations";
import type { IssueView } from "@genbo/database/issues/issues";
import type { EventView } from "@genbo/database/outbox/events";
import type { Principal } from "@genbo/database/parties/keys";
import type { Role } from "@genbo/domain/permissions";
import { ProblemError } from "../http/problem.ts";

/** What a principal sees of each kind of thing. What it does not see is not there for it. */

/**
 * Whoever oversees the platform sees all that its scopes let it ask for, and so does who is named besides.
 * @throws ProblemError for a role that nobody has thought of: it sees nothing
 */
function everythingFor({ role }: Principal, besides: readonly Role[] = []): { as: "everything" } {
  if (overseers.has(role) || besides.includes(role)) return { as: "everything" };
  throw new ProblemError("FORBIDDEN", `A key of the role ${role} sees none of these.`);
}

const overseers: ReadonlySet<Role> = new Set(["compliance", "auditor"]);

/** Parties of some roles see what is their own. @param besides see everything */
const viewOf =
  <Own extends Role>(own: readonly Own[], besides: readonly Role[] = []) =>
  (principal: Principal): { as: Own; partyId: string } | { as: "everything" } => {
    const as = own.find((role) => role === principal.role);
    return as === undefined ? everythingFor(principal, besides) : { as, partyId: principal.partyId };
  };

export const investorView = viewOf(["broker"], ["trustee"]);
export const custodyView = viewOf(["broker"], ["trustee"]);
export const walletProofView = viewOf(["broker", "investor"], ["trustee"]);
export const transferView = viewOf(["broker", "trustee"]);
export const caseView = viewOf(["broker", "trustee"]);
export const inspectionView = viewOf(["trustee"]);
export const breakView = viewOf(["trustee"], ["operator"]);
export const settlementView = viewOf(["broker", "trustee", "settlement-agent"]);

export function issueView(principal: Principal): IssueView {
  const { role, partyId } = principal;
  if (role === "issuer" || role === "trustee") return { as: role, partyId };
  return seesOpenIssues.has(role) ? { as: "broker" } : everythingFor(principal);
}

/** Sees the issues that are open to all, and no drafts. */
const seesOpenIssues: ReadonlySet<Role> = new Set(["broker", "settlement-agent", "venue", "investor"]);

/** A party sees what is its own, and what concerns it. */
export function operationView(principal: Principal): OperationView {
  const { role, partyId } = principal;
  if (role === "trustee") return { as: "trustee", partyId };
  return isParty(role) ? { as: "party", partyId } : everythingFor(principal, ["operator"]);
}

export function eventView(principal: Principal): EventView {
  const { role, partyId } = principal;
  if (role === "trustee") return { as: "trustee", partyId };
  return isParty(role) ? { as: "party", partyId } : everythingFor(principal);
}

const isParty = (role: Role): boolean =>
  role === "issuer" || role === "broker" || role === "settlement-agent";

/** Who may read names and addresses: the law's keepers of the register, and a broker of its own customers. */
export const seesParticulars = ({ role, scopes }: Principal): boolean =>
  scopes.includes("particulars:read") && ["trustee", "compliance", "broker"].includes(role);
