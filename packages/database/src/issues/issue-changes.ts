import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import type { ChangeKind, ChangeState } from "@genbo/domain/issue-changes";
import { underWay } from "../commands/operation-progress.ts";
import { insertPart, type Part } from "../commands/statement.ts";
import type { IssueChange, PrismaClient } from "../generated/client.ts";
import type { EndedOperation } from "../outbox/ended.ts";
import { heldOf } from "../register/standing.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewChange {
  id: string;
  ref: string;
  issueId: string;
  kind: ChangeKind;
  facts: Readonly<Record<string, unknown>>;
  reason: string;
  state: "open" | "approved";
  partyId: string;
  maker: string;
  at: Date;
}

export const changePart = (row: NewChange): Part =>
  insertPart<NewChange>(
    "issue_change",
    {
      id: ["text", (of) => of.id],
      ref: ["text", (of) => of.ref],
      issue_id: ["text", (of) => of.issueId],
      kind: ["text", (of) => of.kind],
      facts: ["jsonb", (of) => JSON.stringify(of.facts)],
      reason: ["text", (of) => of.reason],
      state: ["text", (of) => of.state],
      party_id: ["text", (of) => of.partyId],
      maker: ["text", (of) => of.maker],
      created_at: ["timestamptz", (of) => of.at],
    },
    [row],
  );

export interface ChangeDecision {
  id: string;
  state: "approved" | "refused" | "withdrawn";
  /** Null where who proposed it withdraws it. */
  checker: string | null;
  refusal: string | null;
  at: Date;
}

/** Decides an open change; a guard, so that it is decided once. */
export const decideChangePart = (decision: ChangeDecision): Part => ({
  name: "decide_change",
  sql: (param, from) => `update issue_change set state = ${param(decision.state, "text")},
      checker = ${param(decision.checker, "text")}, refusal = ${param(decision.refusal, "text")},
      decided_at = ${param(decision.at, "timestamptz")}
    from ${from} where id = ${param(decision.id, "text")} and state = 'open' returning 1`,
});

export type ChangeRow = Narrowed<
  IssueChange,
  { kind: ChangeKind; state: ChangeState; facts: Readonly<Record<string, unknown>> }
>;

export interface ChangeFilter extends Page {
  issueId: string;
  kind?: ChangeKind | undefined;
  state?: ChangeState | undefined;
}

/** Changes of an issue, oldest first; one more than `limit`, if there are more. */
export const listChanges = (
  prisma: PrismaClient,
  { issueId, kind, state, ...page }: ChangeFilter,
): Promise<ChangeRow[]> =>
  prisma.issueChange.findMany(pageById(page, { issueId }, given({ kind, state }))) as Promise<ChangeRow[]>;

export const findChange = (prisma: PrismaClient, id: string): Promise<ChangeRow | null> =>
  prisma.issueChange.findUnique({ where: { id } }) as Promise<ChangeRow | null>;

/** Since when the chain knows what an open change proposes; null before. */
export async function proposedAt(db: Queryable, id: string): Promise<Date | null> {
  const text = `select entered_at as at from operation where subject_id = $1 and kind = 'change.propose' and state = 'entered'`;
  return (await db.query<{ at: Date | null }>(text, [id])).rows[0]?.at ?? null;
}

export interface WholeHolding {
  account: string;
  units: bigint;
}

/** Every holding of an issue as it stands, by account. */
export async function wholeHoldings(db: Queryable, issueId: string, limit: number): Promise<WholeHolding[]> {
  const text = `select account, units from ${heldOf("$1")} h order by account limit $2`;
  return (await db.query<WholeHolding>(text, [issueId, limit])).rows;
}

/** An account that a consolidation or split has not carried yet, with its holds that wait for no units. */
export interface LeftToCarry {
  account: string;
  /** In ascending order. */
  holdIds: string[];
}

/**
 * What is left of the consolidation or split of this ref: every account with units, and those without where an attachment
 * waits or units are frozen. Nothing else moves meanwhile, so it stays so until it is carried.
 */
export async function leftToCarry(db: Queryable, issueId: string, ref: string): Promise<LeftToCarry[]> {
  const found = await db.query<LeftToCarry>(
    `with begun as (
       select min(seq) as seq from entry
       where issue_id = $1 and ref = $2 and kind = ${entryKinds.RATIO} and from_account is null
     ), standing as (
       select account from ${heldOf("$1")} h
       union select account from hold where issue_id = $1 and to_seq is null and claimed > 0
     )
     select s.account, coalesce((
       select array_agg(h.id order by h.id) from hold h where h.issue_id = $1 and h.account = s.account
         and h.to_seq is null and h.claimed = h.units and h.kind <> ${holdKinds.FREEZE}), '{}') as "holdIds"
     from standing s, begun b where not exists (
       select 1 from entry e where e.issue_id = $1 and e.from_account = s.account and e.seq > b.seq
         and e.kind = ${entryKinds.RATIO} and e.to_account = s.account)
     order by s.account`,
    [issueId, ref],
  );
  return found.rows;
}

/** Whether a consolidation or split has begun, and whether something is under way for it. */
export async function ratioProgress(db: Queryable, id: string): Promise<{ begun: boolean; busy: boolean }> {
  const found = await db.query<{ begun: boolean; busy: boolean }>(
    `select coalesce(bool_or(kind = 'change.begin' and state = 'entered'), false) as begun,
       coalesce(bool_or(state in ${underWay}), false) as busy
     from operation where subject_id = $1`,
    [id],
  );
  return found.rows[0]!;
}

/** The operations that carry a change out; its subject is the change. */
const carriesOut = ["change.approve", "change.pause"];

type Ended = Pick<EndedOperation, "id" | "kind" | "state" | "code" | "subjectId" | "rowsRefused">;

/** What must be entered whole, or does not close its change by being entered. */
const steps = ["change.propose", "change.begin"];

/**
 * Closes the changes of ended operations: entered when any row was, else refused with the last row's code. A proposal
 * that the chain refuses ends its change too. A ratio is entered when its last account was carried and it has ended;
 * before that it stays approved, to be carried on.
 */
export async function closeChanges(tx: Transaction, ended: readonly Ended[]): Promise<void> {
  const done = ended.filter(
    ({ kind, state, rowsRefused }) =>
      carriesOut.includes(kind) ||
      (kind === "change.carry" && rowsRefused === 0) ||
      (steps.includes(kind) && state !== "entered"),
  );
  if (done.length === 0) return;
  await tx.query(
    `update issue_change c set state = case t.state when 'entered' then 'entered' else 'refused' end, code = t.code
     from unnest($1::text[], $2::text[], $3::text[]) as t (id, state, code) where c.id = t.id and c.state <> 'entered'`,
    [done.map(({ subjectId }) => subjectId), done.map(({ state }) => state), done.map(({ code }) => code)],
  );
}

/** Changes whose operations are under way again after a rollback. */
export async function reopenChanges(tx: Transaction): Promise<void> {
  await tx.query(
    `update issue_change c set state = case o.kind when 'change.propose' then 'open' else 'approved' end, code = null
     from operation o where o.subject_id = c.id and c.state in ('entered', 'refused')
       and o.kind in ('change.propose', 'change.approve', 'change.pause', 'change.begin', 'change.carry')
       and o.state in ${underWay}
       and (c.checker is not null or c.kind = 'PAUSE' or o.kind = 'change.propose')`,
  );
}
