import type { Queryable, Transaction } from "./connection.ts";
import type { LaneLease } from "./lanes.ts";

/** A transaction as stored before its first broadcast. */
export interface StoredTransaction {
  id: bigint;
  nonce: number;
  hash: string;
  raw: Buffer;
  /** `stored`: no node is known to have it. */
  state: "stored" | "sent";
  call: string;
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

interface TransactionRow {
  id: bigint;
  nonce: bigint;
  hash: string;
  raw: Buffer;
  state: "stored" | "sent";
  call: string;
}

/** A lane's transactions that are in no block yet, in the order of their nonces. */
export async function openTransactions(
  db: Queryable,
  signer: string,
  limit: number,
): Promise<StoredTransaction[]> {
  const result = await db.query<TransactionRow>(
    `select id, nonce, hash, raw, state, call from chain_tx
     where signer = $1 and state <> 'mined' order by nonce limit $2`,
    [signer, limit],
  );
  return result.rows.map((row) => ({ ...row, nonce: Number(row.nonce) }));
}

/** How many transactions each lane has in no block yet; lanes with none are left out. */
export async function countOpenTransactions(
  db: Queryable,
  signers: readonly string[],
): Promise<Map<string, number>> {
  const result = await db.query<{ signer: string; open: bigint }>(
    "select signer, count(*) as open from chain_tx where signer = any($1) and state <> 'mined' group by signer",
    [signers],
  );
  return new Map(result.rows.map(({ signer, open }) => [signer, Number(open)]));
}

/** Notes that a node has taken these transactions, and so the operations they carry. */
export async function markSent(db: Queryable, ids: readonly bigint[], now: Date): Promise<void> {
  await db.query(
    `with sent as (
       update chain_tx set state = 'sent', sent_at = $2 where id = any($1) and state = 'stored' returning id
     ), moved as (
       select o.id from operation o
       where o.state in ('accepted', 'queued')
         and o.id in (select c.operation_id from command c join sent on c.chain_tx_id = sent.id)
       order by o.id for update
     )
     update operation set state = 'sent', updated_at = $2 from moved where operation.id = moved.id`,
    [ids, now],
  );
}

/** A transaction of ours that a block holds. */
export interface MinedTransaction {
  hash: string;
  blockNumber: number;
  reverted: boolean;
}

/** Which of these hashes are transactions of ours. */
export async function knownTransactions(
  db: Queryable,
  hashes: readonly string[],
): Promise<Map<string, bigint>> {
  const text = "select id, hash from chain_tx where hash = any($1)";
  const result = await db.query<{ id: bigint; hash: string }>(text, [hashes]);
  return new Map(result.rows.map(({ id, hash }) => [hash, id]));
}

export async function markMined(db: Queryable, mined: readonly MinedTransaction[]): Promise<void> {
  if (mined.length === 0) return;
  await db.query(
    `update chain_tx set state = 'mined', block_number = m.block_number, reverted = m.reverted
     from unnest($1::text[], $2::bigint[], $3::boolean[]) as m (hash, block_number, reverted)
     where chain_tx.hash = m.hash`,
    [
      mined.map((each) => each.hash),
      mined.map((each) => each.blockNumber),
      mined.map((each) => each.reverted),
    ],
  );
}
