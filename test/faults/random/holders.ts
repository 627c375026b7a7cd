import { advisoryLocks } from "@genbo/database/sql/advisory-locks";
import type { Pool } from "@genbo/database/sql/connection";

/** Which process writes the register now, by the name of its session. */
export async function leadingIndexer(pool: Pool): Promise<string | undefined> {
  const text = `select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32) | l.objid::bigint = $1`;
  return (await pool.query<{ name: string }>(text, [advisoryLocks.indexer])).rows[0]?.name;
}

/** The pid of the process that holds the most lanes now. */
export async function lanesHolder(pool: Pool): Promise<number | undefined> {
  const text = `select split_part(holder, ':', 2)::integer as pid from lane
    where lease_until > clock_timestamp() group by 1 order by count(*) desc limit 1`;
  return (await pool.query<{ pid: number }>(text)).rows[0]?.pid;
}
