import type { BreakKind } from "../register/break-kinds.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import type { LaneLease } from "./lanes.ts";

const nonceTaken = "NONCE_TAKEN" satisfies BreakKind;

export interface TakenLane {
  signer: string;
  reason: string;
  /** The nonce that the lane would give next. */
  nextNonce: number;
}

/** Lanes that stand because of a foreign transaction and have no break yet. */
export async function lanesWithoutBreak(db: Queryable): Promise<TakenLane[]> {
  const result = await db.query<TakenLane>({
    name: "lanes-without-break",
    text: `select signer, stopped_reason as reason, next_nonce::integer as "nextNonce" from lane
      where nonce_taken and not exists (
        select 1 from register_break b
        where b.kind = $1 and b.detail ->> 'signer' = lane.signer and b.resumed_at is null
      ) order by signer`,
    values: [nonceTaken],
  });
  return result.rows;
}

/** Lanes of this holder whose break two persons have closed, so that they may go on. */
export async function lanesToRevive(
  db: Queryable,
  holder: string,
): Promise<{ lane: LaneLease; breakId: string }[]> {
  const result = await db.query<{ signer: string; fence: bigint; breakId: string }>({
    name: "lanes-to-revive",
    text: `select l.signer, l.fence, b.id as "breakId" from lane l
      join register_break b on b.kind = $2 and b.detail ->> 'signer' = l.signer
      where l.nonce_taken and l.holder = $1 and b.closed_at is not null and b.resumed_at is null order by l.signer`,
    values: [holder, nonceTaken],
  });
  return result.rows.map(({ breakId, ...lane }) => ({ lane: { ...lane, nonceTaken: true }, breakId }));
}

export interface Revived {
  /** Our transactions whose nonces others have used: no block will ever hold them. */
  lost: number;
  /** Their rows that are still owed, and wait for new transactions. */
  rows: number;
}

/**
 * Lets a lane go on from what the chain has counted. The register must have read the block of that count: what it does
 * not know as mined, and whose nonce is used, is lost, and its rows wait again; those that entered by a transaction
 * that this database does not know were settled by the indexer. Bytes with later nonces stay and are sent again.
 * @returns undefined when the lease is lost
 */
export async function reviveLane(
  tx: Transaction,
  lane: LaneLease,
  { counted, breakId, now }: { counted: number; breakId: string; now: Date },
): Promise<Revived | undefined> {
  const held = await tx.query(
    "select 1 from lane where signer = $1 and fence = $2 and nonce_taken for no key update",
    [lane.signer, lane.fence],
  );
  if (held.rowCount !== 1) return undefined;
  const lost = await tx.query<{ id: bigint }>(
    `update chain_tx set state = 'lost' where signer = $1 and nonce < $2 and state in ('stored', 'sent') returning id`,
    [lane.signer, counted],
  );
  const rows = await tx.query(
    `update command set state = 'queued', chain_tx_id = null, tx_row = null
     where chain_tx_id = any($1) and state = 'taken'`,
    [lost.rows.map(({ id }) => id)],
  );
  await tx.query(
    `update lane set next_nonce = greatest(next_nonce, $2), stopped_reason = null, nonce_taken = false
     where signer = $1`,
    [lane.signer, counted],
  );
  await tx.query("update register_break set resumed_at = $2 where id = $1", [breakId, now]);
  return { lost: lost.rows.length, rows: rows.rowCount ?? 0 };
}
