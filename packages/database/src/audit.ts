import { hash } from "node:crypto";
import { canonicalJson } from "@genbo/domain/canonical-json";
import type { Part } from "./commands-statement.ts";
import type { Queryable } from "./connection.ts";

export interface AuditEntry {
  partyId: string | null;
  /** Subject of the key that acts. */
  actor: string;
  /** operationId of the route. */
  action: string;
  target: string | null;
  outcome: "done" | "denied" | "refused" | "read";
  purpose: string | null;
  /** Ids, codes and counts only: no name, no address, no amount of a person. */
  detail: Readonly<Record<string, unknown>>;
  requestId: string;
  at: Date;
}

/** What the chain of seals proves of a row: sha256 over the canonical JSON of all that it says. */
export const auditDigest = (entry: AuditEntry): string => digestOf(entry, canonicalJson(entry.detail));

function digestOf(entry: AuditEntry, detail: string): string {
  const { partyId, actor, action, target, outcome, purpose, requestId, at } = entry;
  const before = [partyId, actor, action, target, outcome, purpose].map((field) => JSON.stringify(field));
  return hash("sha256", `[${before.join(",")},${detail},${JSON.stringify(requestId)},"${at.toISOString()}"]`);
}

const columns = "party_id, actor, action, target, outcome, purpose, detail, request_id, at, digest";

/** The audit row of a write, in its own statement. */
export const auditPart = (entry: AuditEntry): Part => ({
  name: "audit",
  sql: (param, from) => `insert into audit_row (${columns})
    select ${valuesOf(entry)
      .map(([value, type]) => param(value, type))
      .join(", ")} from ${from}`,
});

/** An audit row of its own: for what was denied, refused or read. */
export async function writeAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  const values = valuesOf(entry);
  await db.query({
    name: "write-audit",
    text: `insert into audit_row (${columns}) values (${values.map(([, type], i) => `$${i + 1}::${type}`).join(", ")})`,
    values: values.map(([value]) => value),
  });
}

function valuesOf(entry: AuditEntry): [value: unknown, type: string][] {
  const detail = canonicalJson(entry.detail);
  return [
    [entry.partyId, "text"],
    [entry.actor, "text"],
    [entry.action, "text"],
    [entry.target, "text"],
    [entry.outcome, "text"],
    [entry.purpose, "text"],
    [detail, "jsonb"],
    [entry.requestId, "text"],
    [entry.at, "timestamptz"],
    [digestOf(entry, detail), "text"],
  ];
}
