import { instantOf } from "@genbo/domain/instant-of";
import { zeroWord } from "@genbo/domain/words";
import type { Queryable, Transaction } from "../sql/connection.ts";

/** How far the register has read the chain. */
export interface Cursor {
  blockNumber: number;
  blockHash: string;
  blockTime: Date;
  genesisHash: string;
  /** Number and head of the last line of the HolderRegistry. */
  registrySeq: number;
  registryHead: string;
}

/** The cursor as it stands in the database. */
export interface StoredCursor extends Cursor {
  /** Another one after every write, whoever writes: where it is the same, nobody has moved the register meanwhile. */
  version: string;
}

export interface BlockRow {
  number: number;
  hash: string;
  parentHash: string;
  /** Unix seconds. */
  time: number;
}

/** The channel on which the indexer says that a block has entered the register; the payload is its number. */
export const enteredChannel = "entered";

/** The channel on which a switch says that a rebuilt register has taken the live one's place: past states may be others. */
export const switchedChannel = "switched";

interface CursorRow {
  block_number: bigint;
  block_hash: string;
  block_time: Date;
  genesis_hash: string;
  registry_seq: bigint;
  registry_head: string;
  version: string;
}

/** The cursor; undefined before the first block. @param lock keeps other transactions from moving it */
export async function readCursor(db: Queryable, lock = false): Promise<StoredCursor | undefined> {
  const result = await db.query<CursorRow>(
    `select block_number, block_hash, block_time, genesis_hash, registry_seq, registry_head, xmin::text as version
     from chain_cursor where id = 1 ${lock ? "for no key update" : ""}`,
  );
  const row = result.rows[0];
  if (row === undefined) return undefined;
  return {
    blockNumber: Number(row.block_number),
    blockHash: row.block_hash,
    blockTime: row.block_time,
    genesisHash: row.genesis_hash,
    registrySeq: Number(row.registry_seq),
    registryHead: row.registry_head,
    version: row.version,
  };
}

/** The cursor of a register that has begun. @throws Error before the first block */
export async function cursorOf(db: Queryable, lock = false): Promise<StoredCursor> {
  const cursor = await readCursor(db, lock);
  if (cursor === undefined) throw new Error("There is no register yet: the indexer has read no block.");
  return cursor;
}

/** Where a register begins, without a line. */
export const firstCursor = (block: BlockRow, genesisHash: string): Cursor => ({
  blockNumber: block.number,
  blockHash: block.hash,
  blockTime: instantOf(block.time),
  genesisHash,
  registrySeq: 0,
  registryHead: zeroWord,
});

/** Writes the cursor and tells whoever listens once the transaction has committed. @returns its new version */
export async function writeCursor(tx: Transaction, cursor: Cursor): Promise<string> {
  const written = await tx.query<{ version: string }>(
    `with written as (
       insert into chain_cursor (id, block_number, block_hash, block_time, genesis_hash, registry_seq, registry_head)
       values (1, $1, $2, $3, $4, $5, $6)
       on conflict (id) do update set block_number = $1, block_hash = $2, block_time = $3, registry_seq = $5, registry_head = $6
       returning block_number, xmin::text as version
     )
     select version, pg_notify('${enteredChannel}', block_number::text) from written`,
    [
      cursor.blockNumber,
      cursor.blockHash,
      cursor.blockTime,
      cursor.genesisHash,
      cursor.registrySeq,
      cursor.registryHead,
    ],
  );
  return written.rows[0]!.version;
}

export async function insertBlocks(tx: Transaction, blocks: readonly BlockRow[]): Promise<void> {
  await tx.query(
    `insert into chain_block (number, hash, parent_hash, time)
     select number, hash, parent_hash, to_timestamp(time) from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
       as t (number, hash, parent_hash, time)`,
    [
      blocks.map((block) => block.number),
      blocks.map((block) => block.hash),
      blocks.map((block) => block.parentHash),
      blocks.map((block) => block.time),
    ],
  );
}

/** Blocks that were processed, from `below` downwards: where a fork is looked for. */
export async function blocksDown(
  db: Queryable,
  below: number,
  limit: number,
): Promise<{ number: number; hash: string }[]> {
  const text = "select number, hash from chain_block where number < $1 order by number desc limit $2";
  const result = await db.query<{ number: bigint; hash: string }>(text, [below, limit]);
  return result.rows.map(({ number, hash }) => ({ number: Number(number), hash }));
}

/** Enough to find any fork of a local chain; a QBFT chain has none. */
const emptyBlocksKept = 10_000;

/** Forgets old blocks in which nothing of the register stands. The first block stays: every fork has it. */
export async function pruneEmptyBlocks(db: Queryable, head: number): Promise<number> {
  const result = await db.query(
    `delete from chain_block b where b.number > 0 and b.number < $1
     and not exists (select 1 from entry e where e.block_number = b.number)
     and not exists (select 1 from registry_record r where r.block_number = b.number)`,
    [head - emptyBlocksKept],
  );
  return result.rowCount ?? 0;
}
