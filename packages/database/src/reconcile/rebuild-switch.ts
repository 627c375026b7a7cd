import { switchedChannel } from "../register/cursor.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { waitBriefly } from "../sql/lock-briefly.ts";
import { newSchema, oldSchema, registerTables } from "./rebuild-tables.ts";

/** How long the indexer's transaction in progress may take before we try later. */
const indexerWaitMsMax = 5_000;

/** The transactions that are open now, so that one can wait for their end. */
export async function openTransactions(db: Queryable): Promise<string[]> {
  const found = await db.query<{ id: string }>(
    `select distinct l.virtualtransaction as id from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'virtualxid' and l.granted and a.pid <> pg_backend_pid()
       and a.datname = current_database() and a.usename is not null`,
  );
  return found.rows.map(({ id }) => id);
}

/** Where the live register stands. */
export interface LiveCursor {
  number: number;
  hash: string;
}

export async function liveCursor(db: Queryable): Promise<LiveCursor | undefined> {
  const text = "select block_number as number, block_hash as hash from public.chain_cursor where id = 1";
  const found = await db.query<{ number: bigint; hash: string }>(text);
  const row = found.rows[0];
  return row && { number: Number(row.number), hash: row.hash };
}

/** Keeps the indexer from moving the live register until the transaction ends. Readers go on. */
export async function stopLive(tx: Transaction): Promise<LiveCursor | undefined> {
  await tx.query(`set local lock_timeout = ${indexerWaitMsMax}`);
  await tx.query("lock table public.chain_cursor in exclusive mode");
  return liveCursor(tx);
}

/**
 * Puts the new register in the place of the live one, which is kept aside. Both must stand at one block. A reader sees
 * the one or the other, whole: a statement that comes meanwhile waits for the few milliseconds until the commit.
 * @returns when readers began to wait
 * @throws a lock time-out (55P03) when somebody reads for longer than we may let others wait
 */
export async function switchTables(tx: Transaction): Promise<number> {
  await keepWhatIsNotFromChain(tx);
  await takeOverTokens(tx);
  await tx.query(`create schema ${oldSchema}`);
  await waitBriefly(tx);
  const live = registerTables.map((table) => `public.${table}`);
  const began = performance.now();
  // One request: readers wait from its first statement to the commit.
  await tx.query(
    `lock table ${live.join(", ")} in access exclusive mode; ${moves}; set local search_path = public`,
  );
  await tx.query(`notify ${switchedChannel}`);
  await lockEvents(tx);
  return began;
}

const moves = [
  ...registerTables.flatMap((table) => [
    `alter table public.${table} set schema ${oldSchema}`,
    `alter table ${newSchema}.${table} set schema public`,
  ]),
  `drop schema ${newSchema} cascade`,
].join("; ");

/** For another writer of events than the indexer: whoever adds some reads the last number first, so nobody may be between the two. */
export async function lockEvents(tx: Transaction): Promise<void> {
  await waitBriefly(tx);
  await tx.query("lock table public.event in access exclusive mode");
}

/** When a list was frozen and by which operation a root is published: facts of the live register that stay. */
async function keepWhatIsNotFromChain(tx: Transaction): Promise<void> {
  await tx.query("lock table public.register_root in share mode");
  await tx.query(
    `update ${newSchema}.register_root r set operation_id = l.operation_id, block_number = l.block_number
     from public.register_root l
     where l.issue_id = r.issue_id and l.kind = r.kind and l.day = r.day and l.version = r.version`,
  );
  await tx.query(
    `update ${newSchema}.record_date_list r
     set block_number = l.block_number, block_hash = l.block_hash, frozen_at = l.frozen_at
     from public.record_date_list l
     where l.record_date_id = r.record_date_id and l.version = r.version and l.seq = r.seq and l.known_seq = r.known_seq`,
  );
}

async function takeOverTokens(tx: Transaction): Promise<void> {
  await tx.query(
    `update public.issue l set token = r.token, code_hash = r.code_hash, deployed_block = r.deployed_block,
       state = case when r.token is null and l.state = 'active' then 'approved'
         when r.token is not null and l.state = 'approved' then 'active' else l.state end
     from ${newSchema}.issue r where r.id = l.id
       and (l.token, l.code_hash, l.deployed_block) is distinct from (r.token, r.code_hash, r.deployed_block)`,
  );
}
