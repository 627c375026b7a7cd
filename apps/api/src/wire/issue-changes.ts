import type { change } from "@genbo/api-schema/issue-changes";
import type { ChangeRow } from "@genbo/database/issues/issue-changes";
import type { Role } from "@genbo/domain/permissions";
import type { z } from "zod";

type ChangeWire = z.input<typeof change>;

/** @param role a broker sees how many accounts a redemption names, not whose */
export const changeWire =
  (role: Role) =>
  (row: ChangeRow): ChangeWire => ({
    id: row.id,
    ref: row.ref,
    issueId: row.issueId,
    kind: row.kind,
    facts: factsFor(role, row.facts),
    reason: row.reason,
    state: row.state,
    code: row.code,
    proposedBy: row.partyId,
    maker: row.maker,
    checker: row.checker,
    refusal: row.refusal,
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  });

function factsFor(role: Role, facts: Record<string, unknown>): Record<string, unknown> {
  if (role !== "broker" || !Array.isArray(facts.rows)) return facts;
  return { ...facts, rows: facts.rows.length };
}
