import type { Part } from "../commands/statement.ts";
import type { Queryable } from "../sql/connection.ts";
import { isCatchingUp } from "./break-kinds.ts";

export interface BreakRow {
  id: string;
  issueId: string | null;
  kind: string;
  detail: Record<string, unknown>;
  block: bigint;
  openedAt: Date;
  closedAt: Date | null;
  /** Who gave the reason; the break stands open until a second person has agreed. */
  closedBy: string | null;
  closedChecker: string | null;
  reason: string | null;
  resumedAt: Date | null;
}

/** A trustee sees those of its issues and those of the whole platform. */
export type BreakView = { as: "trustee"; partyId: string } | { as: "everything" };

const columns = `b.id, b.issue_id as "issueId", b.kind, b.detail, b.block_number as block, b.opened_at as "openedAt",
  b.closed_at as "closedAt", b.closed_by as "closedBy", b.closed_checker as "closedChecker", b.reason,
  b.resumed_at as "resumedAt"`;
const sees = `($1::text is null or b.issue_id is null
  or exists (select 1 from issue i where i.id = b.issue_id and i.trustee_id = $1))`;
const partyOf = (view: BreakView): string | null => (view.as === "trustee" ? view.partyId : null);

/** Whether a break holds an issue, or held it and what it missed has not entered yet, as SQL. @param id the issue's, as SQL */
export const isQuarantined = (id: string): string =>
  `exists (select 1 from register_break b where b.issue_id = ${id} and ${isCatchingUp})`;

/** Breaks, newest first; one more than `limit`, if there are more. */
export async function listBreaks(
  db: Queryable,
  view: BreakView,
  query: {
    state?: "open" | "closed" | undefined;
    issueId?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<BreakRow[]> {
  const { state = null, issueId = null, cursor = null, limit } = query;
  const found = await db.query<BreakRow>({
    name: "breaks",
    text: `select ${columns} from register_break b where ${sees} and ($2::text is null or ($2 = 'open') = (b.closed_at is null))
        and ($3::text is null or b.issue_id = $3) and ($4::text is null or b.id < $4)
      order by b.id desc limit $5`,
    values: [partyOf(view), state, issueId, cursor, limit + 1],
  });
  return found.rows;
}

export async function findBreak(db: Queryable, view: BreakView, id: string): Promise<BreakRow | undefined> {
  const text = `select ${columns} from register_break b where ${sees} and b.id = $2`;
  const found = await db.query<BreakRow>({ name: "break", text, values: [partyOf(view), id] });
  return found.rows[0];
}

/** How many breaks of each kind stand open, also of those that hold back no register. */
export async function openByKind(db: Queryable): Promise<{ kind: string; open: number }[]> {
  const text =
    "select kind, count(*)::int as open from register_break where closed_at is null group by kind order by kind";
  return (await db.query<{ kind: string; open: number }>({ name: "breaks-open", text })).rows;
}

/** The first person's reason. A guard: of two that propose at once, one does. */
export const proposeClosing = (id: string, closing: { by: string; reason: string }): Part => ({
  name: "propose_closing",
  sql: (param, from) => `update register_break set closed_by = ${param(closing.by, "text")},
      reason = ${param(closing.reason, "text")}
    from ${from} where id = ${param(id, "text")} and closed_at is null and closed_by is null returning 1`,
});

/** The second person's word closes it: the indexer takes in what the break held back. */
export const closeBreak = (id: string, closing: { checker: string; at: Date }): Part => ({
  name: "close_break",
  sql: (param, from) => `update register_break set closed_checker = ${param(closing.checker, "text")},
      closed_at = ${param(closing.at, "timestamptz")}
    from ${from} where id = ${param(id, "text")} and closed_at is null and closed_by is not null returning 1`,
});
