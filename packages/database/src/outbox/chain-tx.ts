import type { Queryable, Transaction } from "../sql/connection.ts";
import type { LaneLease } from "./lanes.ts";
import { waitsInLane } from "./waiting.ts";

/** A transaction of ours that no block holds yet. */
export interface OpenTransaction {
  /** Rises in the order in which transactions were stored, over all lanes. */
  id: bigint;
  signer: string;
  nonce: number;
  hash: string;
}

export interface NewTransaction {
  nonce: number;
  hash: string;
  raw: Buffer;
  call: string;
  createdAt: Date;
}

/** Stores raw bytes and moves the lane's nonce on. The lane must be locked by the same transaction. */
export async function storeTransaction(
  tx: Transaction,
  lane: LaneLease,
  made: NewTransaction,
): Promise<bigint> {
  const result = await tx.query<{ id: bigint }>(
    `insert into chain_tx (signer, nonce, hash, raw, call, state, created_at)
     values ($1, $2, $3, $4, $5, 'stored', $6) returning id`,
    [lane.signer, made.nonce, made.hash, made.raw, made.call, made.createdAt],
  );
  await tx.query("update lane set next_nonce = $2 where signer = $1", [lane.signer, made.nonce + 1]);
  return (result.rows[0] as { id: bigint }).id;
}

/** Open transactions of these lanes in the order in which they were stored. @param after the id to go on from */
export async function openTransactions(
  db: Queryable,
  signers: readonly string[],
  after: bigint,
  limit: number,
): Promise<OpenTransaction[]> {
  const result = await db.query<Omit<OpenTransaction, "nonce"> & { nonce: bigint }>(
    `select id, signer, nonce, hash from chain_tx
     where signer = any($1) and state in ('stored', 'sent') and id > $2 order by id limit $3`,
    [signers, after, limit],
  );
  return result.rows.map((row) => ({ ...row, nonce: Number(row.nonce) }));
}

/** The stored bytes of a transaction. */
export async function rawTransaction(db: Queryable, id: bigint): Promise<Buffer> {
  const result = await db.query<{ raw: Buffer }>("select raw from chain_tx where id = $1", [id]);
  return result.rows[0]!.raw;
}

/** What a lane has to do. */
export interface LaneWork {
  signer: string;
  /** Commands wait. */
  waiting: boolean;
  /** Transactions that no block holds yet, as far as the register has read. */
  open: number;
  /** That of its next transaction. */
  nextNonce: bigint;
  /** Lanes of every worker that have such transactions. */
  busy: number;
}

export async function laneWork(db: Queryable, signers: readonly string[]): Promise<LaneWork[]> {
  const result = await db.query<LaneWork>({
    name: "lane-work",
    text: `select l.signer,
        exists (select 1 from command c where c.signer = l.signer and ${waitsInLane("c")}) as waiting,
        (select count(*)::integer from chain_tx t where t.signer = l.signer and t.state in ('stored', 'sent')) as open,
        (select next_nonce from lane where signer = l.signer) as "nextNonce",
        (select count(distinct signer)::integer from chain_tx where state in ('stored', 'sent')) as busy
      from unnest($1::text[]) as l (signer)`,
    values: [signers],
  });
  return result.rows;
}

/** Notes that a node has taken a transaction; the operations that it carries say so when they are read. */
export async function markSent(db: Queryable, id: bigint, now: Date): Promise<void> {
  await db.query({
    name: "mark-sent",
    text: "update chain_tx set state = 'sent', sent_at = $2 where id = $1 and state = 'stored'",
    values: [id, now],
  });
}

/** Whether a transaction that was stored before this one has been given to no node; stopped lanes do not count. */
export async function earlierWaits(db: Queryable, id: bigint): Promise<boolean> {
  const result = await db.query<{ waits: boolean }>({
    name: "earlier-waits",
    text: `select exists (
        select 1 from chain_tx t join lane l on l.signer = t.signer
        where t.state = 'stored' and t.id < $1 and l.stopped_reason is null
      ) as waits`,
    values: [id],
  });
  return result.rows[0]!.waits;
}

/** Whether a block that the register has read holds this transaction. */
export async function isMined(db: Queryable, id: bigint): Promise<boolean> {
  const text = "select state = 'mined' as mined from chain_tx where id = $1";
  return (await db.query<{ mined: boolean }>(text, [id])).rows[0]?.mined ?? false;
}
