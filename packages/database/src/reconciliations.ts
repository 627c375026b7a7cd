import { insertPart, type Part } from "./commands-statement.ts";
import type { Queryable, Transaction } from "./connection.ts";

/** One thing that register and contract, or two parts of the register, say differently. */
export interface Difference {
  /** As `totalSupply`, `balanceOf`, `encumbered`. */
  what: string;
  account: string | null;
  register: string;
  other: string;
}

export interface ReconciliationRow {
  id: string;
  issueId: string;
  /** Null: the daily one. */
  askedBy: string | null;
  askedAt: Date;
  doneAt: Date | null;
  /** The state of the register that was compared. */
  seq: bigint | null;
  block: bigint | null;
  holdings: number | null;
  /** Null until it is done. */
  differences: Difference[] | null;
  breakId: string | null;
}

const columns = `id, issue_id as "issueId", asked_by as "askedBy", asked_at as "askedAt", done_at as "doneAt", seq,
  block_number as block, holdings, differences, break_id as "breakId"`;

type NewReconciliation = Pick<ReconciliationRow, "id" | "issueId" | "askedBy" | "askedAt">;

export const reconciliationPart = (row: NewReconciliation): Part =>
  insertPart<NewReconciliation>(
    "reconciliation",
    {
      id: ["text", (each) => each.id],
      issue_id: ["text", (each) => each.issueId],
      asked_by: ["text", (each) => each.askedBy],
      asked_at: ["timestamptz", (each) => each.askedAt],
    },
    [row],
  );

/** Reconciliations of an issue, newest first; one more than `limit`, if there are more. */
export async function listReconciliations(
  db: Queryable,
  issueId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<ReconciliationRow[]> {
  const found = await db.query<ReconciliationRow>({
    name: "reconciliations",
    text: `select ${columns} from reconciliation where issue_id = $1 and ($2::text is null or id < $2)
      order by id desc limit $3`,
    values: [issueId, page.cursor ?? null, page.limit + 1],
  });
  return found.rows;
}

/** Active issues that nobody has compared since `dayBegan`, and that have entries. */
export async function issuesWithoutDaily(db: Queryable, dayBegan: Date): Promise<string[]> {
  const found = await db.query<{ id: string }>({
    name: "reconciliation-daily",
    text: `select i.id from issue i join issue_state s on s.issue_id = i.id
      where i.state = 'active' and not exists (
        select 1 from reconciliation r where r.issue_id = i.id and r.asked_by is null and r.asked_at >= $1)
      order by i.id`,
    values: [dayBegan],
  });
  return found.rows.map(({ id }) => id);
}

export async function addDaily(
  tx: Transaction,
  rows: readonly { id: string; issueId: string }[],
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into reconciliation (id, issue_id, asked_at)
     select id, issue_id, $3 from unnest($1::text[], $2::text[]) as t (id, issue_id)`,
    [rows.map(({ id }) => id), rows.map(({ issueId }) => issueId), now],
  );
}

/** The one that has waited longest. `comparedSeq`: up to where the last one that found nothing has looked at entries. */
export async function nextReconciliation(
  db: Queryable,
): Promise<{ id: string; issueId: string; token: string; comparedSeq: number } | undefined> {
  const found = await db.query<{ id: string; issueId: string; token: string; compared: bigint | null }>({
    name: "reconciliation-next",
    text: `select r.id, r.issue_id as "issueId", i.token, (
        select max(d.seq) from reconciliation d where d.issue_id = r.issue_id and d.differences = '[]') as compared
      from reconciliation r join issue i on i.id = r.issue_id
      where r.done_at is null and i.token is not null order by r.id limit 1`,
  });
  const row = found.rows[0];
  return (
    row && { id: row.id, issueId: row.issueId, token: row.token, comparedSeq: Number(row.compared ?? 0n) }
  );
}

export async function finishReconciliation(
  tx: Transaction,
  id: string,
  done: {
    at: Date;
    seq: number;
    block: number;
    holdings: number;
    differences: readonly Difference[];
    breakId: string | null;
  },
): Promise<void> {
  await tx.query(
    `update reconciliation set done_at = $2, seq = $3, block_number = $4, holdings = $5, differences = $6, break_id = $7
     where id = $1`,
    [id, done.at, done.seq, done.block, done.holdings, JSON.stringify(done.differences), done.breakId],
  );
}
