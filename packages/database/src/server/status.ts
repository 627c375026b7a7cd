import { waitsInLane } from "../outbox/waiting.ts";
import type { Queryable } from "../sql/connection.ts";

/** The last block that the register has folded. */
export interface RegisterHead {
  block: number;
  hash: string;
  time: Date;
}

export async function registerHead(db: Queryable): Promise<RegisterHead | null> {
  const found = await db.query<{ block: bigint; hash: string; time: Date }>({
    name: "register-head",
    text: "select block_number as block, block_hash as hash, block_time as time from chain_cursor",
  });
  const row = found.rows[0];
  return row === undefined ? null : { ...row, block: Number(row.block) };
}

export interface PlatformStatus {
  queuedCommands: number;
  openOperations: number;
  unsealedAuditRows: number;
  stoppedLanes: { signer: string; reason: string }[];
  openBreaks: { id: string; issueId: string | null; kind: string; openedAt: Date }[];
}

/** Breaks listed in a status; their number is what matters beyond that. */
const listedMax = 100;

/** What waits and what stands still. */
export async function platformStatus(db: Queryable): Promise<PlatformStatus> {
  const counts = await db.query<{ queued: number; open: number; unsealed: number }>(
    `select (select count(*)::int from command c where ${waitsInLane("c")}) as queued,
      (select count(distinct operation_id)::int from command where state in ('queued', 'taken')) as open,
      (select count(*)::int from (
          select coalesce(max(r.xid), '0') as xid, coalesce(max(r.id), 0) as id
          from (select audit_id from audit_seal order by seq desc limit 1) s join audit_row r on r.id = s.audit_id
        ) sealed join audit_row a on (a.xid, a.id) > (sealed.xid, sealed.id)) as unsealed`,
  );
  const lanes = await db.query<{ signer: string; reason: string }>(
    "select signer, stopped_reason as reason from lane where stopped_reason is not null order by signer",
  );
  const breaks = await db.query<PlatformStatus["openBreaks"][number]>(
    `select id, issue_id as "issueId", kind, opened_at as "openedAt" from register_break
     where closed_at is null order by opened_at, id limit $1`,
    [listedMax],
  );
  const { queued, open, unsealed } = counts.rows[0]!;
  return {
    queuedCommands: queued,
    openOperations: open,
    unsealedAuditRows: unsealed,
    stoppedLanes: lanes.rows,
    openBreaks: breaks.rows,
  };
}
