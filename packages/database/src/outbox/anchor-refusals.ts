import { inVain } from "../commands/operation-progress.ts";
import type { BreakKind } from "../register/break-kinds.ts";
import type { Queryable } from "../sql/connection.ts";

const anchorRefused = "ANCHOR_REFUSED" satisfies BreakKind;
/** Tries of one day of an issue before people have to look. */
export const anchorTriesMax = 5;

/**
 * Roots whose publication the chain refused and that do not stand there all the same, with how often since people last closed a break about that day. The day's
 * transactions stand under one subject: issue, kind and day.
 */
export const refusedRoots = `select r.issue_id, r.kind, r.day, r.version, r.root, o.id as operation_id, o.code,
    o.updated_at, o.subject_id as subject, f.tries
  from operation o join register_root r on r.issue_id = o.issue_id and r.operation_id = o.id
  cross join lateral (
    select count(*)::integer as tries from operation p
    where p.subject_id = o.subject_id and p.state in ${inVain} and p.updated_at > coalesce((
      select max(b.closed_at) from register_break b
      where b.kind = '${anchorRefused}' and b.detail ->> 'subject' = o.subject_id), '-infinity')
  ) f
  where o.kind = 'anchor.publish' and o.code is not null and o.state in ${inVain}
    and r.root is distinct from (select a.root from anchor a
      where a.issue_id = r.issue_id and a.kind = r.kind and a.day = r.day order by a.version desc limit 1)`;

export interface GivenUpRoot {
  issueId: string;
  kind: number;
  /** ISO. */
  day: string;
  version: number;
  root: string;
  operationId: string;
  /** Why the chain refused it the last time. */
  code: string | null;
  tries: number;
  subject: string;
}

/** Roots that were tried as often as may be, and about which no break is open yet. */
export async function givenUpRoots(db: Queryable): Promise<GivenUpRoot[]> {
  const found = await db.query<GivenUpRoot>({
    name: "roots-given-up",
    text: `select issue_id as "issueId", kind, day::text as day, version, root, operation_id as "operationId", code, tries,
        subject
      from (${refusedRoots}) r
      where tries >= ${anchorTriesMax} and not exists (
        select 1 from register_break b where b.kind = '${anchorRefused}' and b.closed_at is null
          and b.detail ->> 'subject' = r.subject)
      order by issue_id, day, kind`,
  });
  return found.rows;
}
