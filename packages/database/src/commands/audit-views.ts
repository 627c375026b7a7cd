import type { Queryable } from "../sql/connection.ts";
import { insertPart, type Part } from "./statement.ts";

/** Names of an issue's holders, open to an auditor for a time. */
export interface AuditViewRow {
  id: string;
  issueId: string;
  auditorId: string;
  reason: string;
  until: Date;
  maker: string;
  checker: string | null;
  createdAt: Date;
  openedAt: Date | null;
  endedAt: Date | null;
}

type NewAuditView = Pick<
  AuditViewRow,
  "id" | "issueId" | "auditorId" | "reason" | "until" | "maker" | "createdAt"
>;

export const auditViewPart = (row: NewAuditView): Part =>
  insertPart<NewAuditView>(
    "audit_view",
    {
      id: ["text", (of) => of.id],
      issue_id: ["text", (of) => of.issueId],
      auditor_id: ["text", (of) => of.auditorId],
      reason: ["text", (of) => of.reason],
      until: ["timestamptz", (of) => of.until],
      maker: ["text", (of) => of.maker],
      created_at: ["timestamptz", (of) => of.createdAt],
    },
    [row],
  );

/** Opens a view that was asked for; a guard, so that it is opened once only. */
export const openAuditViewPart = (id: string, checker: string, at: Date): Part => ({
  name: "open_audit_view",
  sql: (
    param,
    from,
  ) => `update audit_view set checker = ${param(checker, "text")}, opened_at = ${param(at, "timestamptz")}
    from ${from} where id = ${param(id, "text")} and opened_at is null and ended_at is null returning 1`,
});

/** Ends a view before its time, or a request for one. */
export const endAuditViewPart = (id: string, at: Date): Part => ({
  name: "end_audit_view",
  sql: (param, from) => `update audit_view set ended_at = ${param(at, "timestamptz")}
    from ${from} where id = ${param(id, "text")} and ended_at is null returning 1`,
});

const columns = `id, issue_id as "issueId", auditor_id as "auditorId", reason, until, maker, checker,
  created_at as "createdAt", opened_at as "openedAt", ended_at as "endedAt"`;

export async function findAuditView(db: Queryable, id: string): Promise<AuditViewRow | undefined> {
  const found = await db.query<AuditViewRow>({
    name: "audit-view",
    text: `select ${columns} from audit_view where id = $1`,
    values: [id],
  });
  return found.rows[0];
}

/** Views of an issue, newest first; one more than `limit`, if there are more. @param auditorId its own alone */
export async function listAuditViews(
  db: Queryable,
  issueId: string,
  page: { auditorId: string | null; cursor?: string | undefined; limit: number },
): Promise<AuditViewRow[]> {
  const found = await db.query<AuditViewRow>({
    name: "audit-views",
    text: `select ${columns} from audit_view
      where issue_id = $1 and ($2::text is null or auditor_id = $2) and ($3::text is null or id < $3)
      order by id desc limit $4`,
    values: [issueId, page.auditorId, page.cursor ?? null, page.limit + 1],
  });
  return found.rows;
}

/** The view by which an auditor may read names of an issue's holders at `at`, if one is open. */
export async function openViewOf(
  db: Queryable,
  { auditorId, issueId, at }: { auditorId: string; issueId: string; at: Date },
): Promise<AuditViewRow | undefined> {
  const found = await db.query<AuditViewRow>({
    name: "audit-view-open",
    text: `select ${columns} from audit_view
      where auditor_id = $1 and issue_id = $2 and opened_at <= $3 and until > $3 and ended_at is null
      order by until desc limit 1`,
    values: [auditorId, issueId, at],
  });
  return found.rows[0];
}
