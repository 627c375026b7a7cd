import { createHash } from "node:crypto";
import { advisoryLocks } from "../sql/advisory-locks.ts";
import { type Pool, type Queryable, withTransaction } from "../sql/connection.ts";
import { type AuditEntry, auditDigest } from "./audit.ts";

/** Rows sealed in one transaction; a backlog takes several. */
export const sealBatchMax = 1_000;

/** The hash before the first seal. */
const genesis = "0".repeat(64);

/** The next hash of the chain of seals: sha256 over the one before and the digest of the row that is sealed. */
export const sealAfter = (previous: string, digest: string): string =>
  createHash("sha256")
    .update(Buffer.from(previous + digest, "hex"))
    .digest("hex");

/**
 * Seals audit rows that are not sealed yet into one chain, in the order of (transaction id, row id), and only rows
 * whose transaction id is below every one still running: nothing can commit later before a sealed row (ADR 0002).
 * One sealer at a time; another returns at once.
 * @returns how many rows it sealed
 */
export function sealAudit(pool: Pool): Promise<number> {
  return withTransaction(pool, async (tx) => {
    const lock = await tx.query<{ mine: boolean }>("select pg_try_advisory_xact_lock($1) as mine", [
      advisoryLocks.auditSeal,
    ]);
    if (!lock.rows[0]!.mine) return 0;
    const last = await lastSeal(tx);
    const rows = await tx.query<{ id: bigint; digest: string }>(
      `select id, digest from audit_row
       where (xid, id) > ($1::text::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
       order by xid, id limit $3`,
      [last.xid, last.auditId, sealBatchMax],
    );
    let { hash } = last;
    const hashes = rows.rows.map(({ digest }) => {
      hash = sealAfter(hash, digest);
      return hash;
    });
    await tx.query(
      `insert into audit_seal (seq, audit_id, hash)
       select $1::bigint + t.n, t.audit_id, t.hash
       from unnest($2::bigint[], $3::text[]) with ordinality as t (audit_id, hash, n)`,
      [last.seq, rows.rows.map(({ id }) => id), hashes],
    );
    return hashes.length;
  });
}

interface LastSeal {
  seq: bigint;
  hash: string;
  auditId: bigint;
  xid: string;
}

async function lastSeal(db: Queryable): Promise<LastSeal> {
  const result = await db.query<LastSeal>(
    `select s.seq, s.hash, s.audit_id as "auditId", a.xid::text as xid
     from audit_seal s join audit_row a on a.id = s.audit_id order by s.seq desc limit 1`,
  );
  return result.rows[0] ?? { seq: 0n, hash: genesis, auditId: 0n, xid: "0" };
}

/** A place in the chain of seals. Noted elsewhere, it shows later that nothing before it is gone or was made anew. */
export interface Seal {
  seq: number;
  hash: string;
}

export interface SealCheck {
  sealed: number;
  /** The last seal; undefined while there is none, or before the first that does not follow. */
  last: Seal | undefined;
  /** Rows that the next sealings will take. */
  unsealed: number;
  /** Rows before the last seal that no seal covers: somebody put them in later. */
  missed: number;
  /** Number of the first seal that does not follow from the one before and from what its row says now, or is not as noted. */
  brokenAt: number | undefined;
}

/**
 * Checks the whole chain of seals against what the rows say now. Whoever owns the tables could write all of it anew, or
 * take its end away: only a seal that was noted before shows that.
 */
export async function verifySeals(db: Queryable, noted?: Seal): Promise<SealCheck> {
  let previous = genesis;
  let sealed = 0;
  const ended = async (brokenAt?: number): Promise<SealCheck> => {
    const last = sealed === 0 ? undefined : { seq: sealed, hash: previous };
    return { sealed, last, ...(await countUnsealed(db)), brokenAt };
  };
  for (;;) {
    const rows = await sealedAfter(db, sealed);
    if (rows.length === 0) break;
    for (const { seq, hash, ...entry } of rows) {
      const follows = seq === BigInt(sealed + 1) && sealAfter(previous, auditDigest(entry)) === hash;
      const isNoted = noted?.seq !== sealed + 1 || noted.hash === hash;
      if (!follows || !isNoted) return ended(sealed + 1);
      previous = hash;
      sealed += 1;
    }
  }
  return ended(noted !== undefined && noted.seq > sealed ? sealed + 1 : undefined);
}

type SealedRow = AuditEntry & { seq: bigint; hash: string };

async function sealedAfter(db: Queryable, seq: number): Promise<SealedRow[]> {
  const result = await db.query<SealedRow>(
    `select s.seq, s.hash, a.party_id as "partyId", a.actor, a.action, a.target, a.outcome, a.purpose, a.detail,
       a.request_id as "requestId", a.at
     from audit_seal s join audit_row a on a.id = s.audit_id where s.seq > $1 order by s.seq limit $2`,
    [seq, sealBatchMax],
  );
  return result.rows;
}

async function countUnsealed(db: Queryable): Promise<{ unsealed: number; missed: number }> {
  const { xid, auditId } = await lastSeal(db);
  const result = await db.query<{ unsealed: number; missed: number }>(
    `select count(*) filter (where (xid, id) > ($1::text::xid8, $2::bigint))::integer as unsealed,
       count(*) filter (where (xid, id) <= ($1::text::xid8, $2::bigint))::integer as missed
     from audit_row a where not exists (select 1 from audit_seal s where s.audit_id = a.id)`,
    [xid, auditId],
  );
  return result.rows[0]!;
}
