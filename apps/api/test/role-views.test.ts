import type { Principal } from "@genbo/database/parties/keys";
import { type Role, roles, type Scope, scopesOf } from "@genbo/domain/permissions";
import { expect, test } from "vitest";
import * as views from "../src/access/views.ts";

const of = (role: Role) => ({ role, partyId: "pty_1", scopes: scopesOf(role) }) as unknown as Principal;

/** Of each kind of thing, the scope that reads it, and who sees more of it than its own. */
const kinds: [string, (principal: Principal) => { as: string }, Scope, Role[]][] = [
  ["issues", views.issueView, "issues:read", ["compliance", "auditor"]],
  ["investors", views.investorView, "investors:read", ["compliance", "auditor", "trustee"]],
  ["transfers", views.transferView, "transfers:read", ["compliance", "auditor"]],
  ["cases", views.caseView, "cases:read", ["compliance", "auditor"]],
  ["inspections", views.inspectionView, "inspections:read", ["compliance", "auditor"]],
  ["operations", views.operationView, "operations:read", ["compliance", "auditor", "operator"]],
  ["events", views.eventView, "events:read", ["compliance", "auditor"]],
  ["changes of custodian", views.custodyView, "wallets:read", ["compliance", "auditor", "trustee"]],
  ["breaks", views.breakView, "breaks:read", ["compliance", "auditor", "operator"]],
  ["settlements", views.settlementView, "settlements:read", ["compliance", "auditor"]],
];

test.each(kinds)("who may read %s has a view of them, and nobody else", (_, view, scope, overseers) => {
  for (const role of roles) {
    const mayRead = scopesOf(role).includes(scope);
    if (!mayRead) expect(() => view(of(role)), role).toThrow("sees none of these");
    else expect(view(of(role)).as === "everything", role).toBe(overseers.includes(role));
  }
});

test("a role that nobody has thought of sees nothing", () => {
  const unheard = of("trustee");
  for (const [, view] of kinds)
    expect(() => view({ ...unheard, role: "registrar" as Role })).toThrow("sees none of these");
});
