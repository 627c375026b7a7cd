import type { DifferenceKind } from "@genbo/domain/reconciliation";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";

/** One thing that register and contract, or two parts of the register, say differently. */
export interface Difference {
  what: DifferenceKind;
  account: string | null;
  register: string;
  other: string;
}

/** What the api found that opened the particulars of the holders of a state: it alone has the vault. */
export interface OpenedParticulars {
  /** Holders whose particulars are those that the chain committed to. */
  opened: number;
  /** Holders whose key was destroyed at the end of retention: nobody can open theirs any more. */
  erased: number;
  /** The accounts of those, the first ones. */
  erasedAccounts: string[];
  differences: Difference[];
}

export interface ReconciliationRow {
  id: string;
  issueId: string;
  /** Null: the daily one. */
  askedBy: string | null;
  askedAt: Date;
  /** Register and contract are compared; the particulars may still be to be opened. */
  comparedAt: Date | null;
  doneAt: Date | null;
  /** The state of the register that was compared. */
  seq: bigint | null;
  block: bigint | null;
  holdings: number | null;
  /** Null until register and contract are compared. */
  differences: Difference[] | null;
  particulars: OpenedParticulars | null;
  breakId: string | null;
}

const columns = `id, issue_id as "issueId", asked_by as "askedBy", asked_at as "askedAt",
  compared_at as "comparedAt", done_at as "doneAt", seq, block_number as block, holdings, differences, particulars,
  break_id as "breakId"`;

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

/** The one of an issue that somebody has asked for and that has not begun. */
export async function waitingReconciliation(
  db: Queryable,
  issueId: string,
): Promise<ReconciliationRow | undefined> {
  const text = `select ${columns} from reconciliation
    where issue_id = $1 and done_at is null and compared_at is null and asked_by is not null order by id limit 1`;
  return (await db.query<ReconciliationRow>(text, [issueId])).rows[0];
}

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

export interface WaitingReconciliation {
  id: string;
  issueId: string;
  token: string;
  /** RegisterAnchor. */
  anchor: string;
  /** Up to where the last one that found nothing has looked at entries. */
  comparedSeq: number;
}

/**
 * The one that has waited longest for the comparison of register and contract.
 * @param but ids of those that are passed over
 */
export async function nextReconciliation(
  db: Queryable,
  but: readonly string[],
): Promise<WaitingReconciliation | undefined> {
  const found = await db.query<Omit<WaitingReconciliation, "comparedSeq"> & { compared: bigint | null }>({
    name: "reconciliation-next",
    text: `select r.id, r.issue_id as "issueId", i.token, d.anchor, (${foundNothing("r.issue_id")}) as compared
      from reconciliation r join issue i on i.id = r.issue_id join deployment d on d.id = 1
      where r.compared_at is null and i.token is not null and r.id <> all($1) order by r.id limit 1`,
    values: [but],
  });
  return found.rows.map(({ compared, ...row }) => ({ ...row, comparedSeq: Number(compared ?? 0n) }))[0];
}

const foundNothing = (issueId: string): string => `select max(d.seq) from reconciliation d
  where d.issue_id = ${issueId} and d.done_at is not null and d.differences = '[]'`;

/** A state of a register that was compared, and its block. */
interface ComparedState {
  seq: number;
  head: string;
  block: number;
  hash: string;
}

/** Whether the register still has the state that was read; a local chain may have gone back meanwhile. */
export async function stillStands(tx: Transaction, issueId: string, at: ComparedState): Promise<boolean> {
  const found = await tx.query(
    `select 1 from entry e join chain_block b on b.number = $4 and b.hash = $5
     where e.issue_id = $1 and e.seq = $2 and e.head = $3`,
    [issueId, at.seq, at.head, at.block, at.hash],
  );
  return found.rowCount === 1;
}

/** Register and contract are compared; the api opens the particulars of that state next. */
export async function writeCompared(
  tx: Transaction,
  id: string,
  done: Omit<ComparedState, "head"> & {
    at: Date;
    holdings: number;
    differences: readonly Difference[];
    breakId: string | null;
  },
): Promise<void> {
  await tx.query(
    `update reconciliation set compared_at = $2, seq = $3, block_number = $4, block_hash = $5, holdings = $6,
       differences = $7, break_id = $8
     where id = $1`,
    [
      ...[id, done.at, done.seq, done.block, done.hash, done.holdings],
      ...[JSON.stringify(done.differences), done.breakId],
    ],
  );
}

/** One whose particulars the api has opened: all that is left is to say what it found. */
export interface OpenedReconciliation {
  id: string;
  issueId: string;
  seq: number;
  block: number;
  differences: Difference[];
  particulars: OpenedParticulars;
  breakId: string | null;
}

/** @param but ids of those that are passed over */
export async function nextOpened(
  db: Queryable,
  but: readonly string[],
): Promise<OpenedReconciliation | undefined> {
  const found = await db.query<OpenedReconciliation>({
    name: "reconciliation-opened",
    text: `select id, issue_id as "issueId", seq::float8 as seq, block_number::float8 as block, differences, particulars,
        break_id as "breakId"
      from reconciliation where done_at is null and particulars is not null and id <> all($1) order by id limit 1`,
    values: [but],
  });
  return found.rows[0];
}

export async function finishReconciliation(
  tx: Transaction,
  id: string,
  done: { at: Date; differences: readonly Difference[]; breakId: string | null },
): Promise<void> {
  await tx.query(
    `update reconciliation set done_at = $2, differences = $3, break_id = $4
     where id = $1 and particulars is not null`,
    [id, done.at, JSON.stringify(done.differences), done.breakId],
  );
}

/** A state that was compared and whose holders' particulars wait to be opened. */
export interface UnopenedReconciliation {
  id: string;
  issueId: string;
  seq: number;
  block: number;
  hash: string;
  /** Holdings that ended before it were looked at by one that found nothing. */
  comparedSeq: number;
}

export async function unopenedReconciliations(db: Queryable): Promise<UnopenedReconciliation[]> {
  const found = await db.query<UnopenedReconciliation>({
    name: "reconciliations-unopened",
    text: `select r.id, r.issue_id as "issueId", r.seq::float8 as seq, r.block_number::float8 as block,
        r.block_hash as hash, coalesce((${foundNothing("r.issue_id")}), 0)::float8 as "comparedSeq"
      from reconciliation r where r.compared_at is not null and r.particulars is null and r.done_at is null order by r.id`,
  });
  return found.rows;
}

/** Says what the api found, unless the chain went back meanwhile and the state is compared anew. */
export async function writeOpened(
  db: Queryable,
  { id, block, hash }: UnopenedReconciliation,
  found: OpenedParticulars,
): Promise<void> {
  await db.query(
    `update reconciliation set particulars = $4
     where id = $1 and block_number = $2 and block_hash = $3 and particulars is null`,
    [id, block, hash, JSON.stringify(found)],
  );
}

/** After the chain went back to block `fork`: what was compared above it is compared anew, unless it is done. */
export async function compareAnew(tx: Transaction, fork: number): Promise<void> {
  await tx.query(
    `update reconciliation set compared_at = null, seq = null, block_number = null, block_hash = null, holdings = null,
       differences = null, particulars = null
     where done_at is null and block_number > $1`,
    [fork],
  );
}
