import { hash } from "node:crypto";
import { canonicalJson } from "@genbo/domain/canonical-json";
import type { Queryable } from "../sql/connection.ts";
import { type ColumnOf, type InsertPart, insertPart } from "./statement.ts";

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

type AuditRow = AuditEntry & { text: string };

const columns: Readonly<Record<string, ColumnOf<AuditRow>>> = {
  party_id: ["text", (row) => row.partyId],
  actor: ["text", (row) => row.actor],
  action: ["text", (row) => row.action],
  target: ["text", (row) => row.target],
  outcome: ["text", (row) => row.outcome],
  purpose: ["text", (row) => row.purpose],
  detail: ["jsonb", (row) => row.text],
  request_id: ["text", (row) => row.requestId],
  at: ["timestamptz", (row) => row.at],
  digest: ["text", (row) => digestOf(row, row.text)],
};

const rowOf = (entry: AuditEntry): AuditRow => ({ ...entry, text: canonicalJson(entry.detail) });

/** The audit row of a write, in its own statement. */
export const auditPart = (entry: AuditEntry): InsertPart => insertPart("audit_row", columns, [rowOf(entry)]);

/** An audit row of its own: for what was denied, refused or read. */
export async function writeAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  const row = rowOf(entry);
  const [fields, values] = [Object.keys(columns), Object.values(columns)];
  await db.query({
    name: "write-audit",
    text: `insert into audit_row (${fields.join(", ")}) values (${values.map(([type], i) => `$${i + 1}::${type}`).join(", ")})`,
    values: values.map(([, of]) => of(row)),
  });
}
