import type { Queryable, Transaction } from "../sql/connection.ts";

/** A signer's lane as the worker that holds it sees it. */
export interface LaneLease {
  signer: string;
  /** Rises with each new holder: what an earlier one still does under its own fence fails. */
  fence: bigint;
  /** Somebody else sends with its key: it stands until two persons have closed the break. */
  nonceTaken: boolean;
}

/**
 * Takes every lane that nobody holds, or whose holder's lease has run out, and renews those that `holder` has.
 * Leases run by the database's clock, so that clocks of hosts may differ. A lane at which its last holder is still at
 * work comes at a later call: waiting for it would cost the leases of all others. Rows are locked weakly enough that
 * commands may be added to a lane meanwhile (their foreign key).
 * @returns the lanes that `holder` has now
 */
export async function leaseLanes(db: Queryable, holder: string, leaseMs: number): Promise<LaneLease[]> {
  const result = await db.query<LaneLease>(
    `with own as (
       select signer from lane where holder = $1 order by signer for no key update
     ), free as (
       select signer from lane
       where holder is distinct from $1
         and (holder is null or lease_until is null or lease_until < clock_timestamp())
       for no key update skip locked
     ), leased as (select signer from own union all select signer from free)
     update lane set
       fence = lane.fence + case when lane.holder is distinct from $1 then 1 else 0 end,
       holder = $1,
       lease_until = clock_timestamp() + $2 * interval '1 millisecond'
     from leased where lane.signer = leased.signer
     returning lane.signer, lane.fence, lane.nonce_taken as "nonceTaken"`,
    [holder, leaseMs],
  );
  return result.rows;
}

/** Lets go of every lane of `holder`, so that the next worker need not wait for the leases to run out. */
export async function releaseLanes(db: Queryable, holder: string): Promise<void> {
  await db.query("update lane set holder = null, lease_until = null where holder = $1", [holder]);
}

export interface LaneState {
  signer: string;
  /** By a worker. */
  held: boolean;
  stopped: boolean;
  /** Transactions that no block holds yet. */
  open: number;
}

/** How every lane stands, for whoever watches. */
export async function laneStates(db: Queryable): Promise<LaneState[]> {
  const result = await db.query<LaneState>(
    `select l.signer, coalesce(l.lease_until > clock_timestamp(), false) as held, l.stopped_reason is not null as stopped,
       (select count(*)::integer from chain_tx t where t.signer = l.signer and t.state in ('stored', 'sent')) as open
     from lane l order by l.signer`,
  );
  return result.rows;
}

/** Makes a signer's lane where it is missing. */
export async function ensureLane(db: Queryable, signer: string): Promise<void> {
  await db.query("insert into lane (signer) values ($1) on conflict do nothing", [signer]);
}

/**
 * Locks a lane for the rest of the transaction, if this lease still holds and the lane has not stopped.
 * @returns the nonce of the lane's next transaction, or undefined for a lane that is lost or stopped
 */
export async function lockLane(tx: Transaction, lane: LaneLease): Promise<number | undefined> {
  const result = await tx.query<{ next_nonce: bigint }>(
    "select next_nonce from lane where signer = $1 and fence = $2 and stopped_reason is null for no key update",
    [lane.signer, lane.fence],
  );
  const row = result.rows[0];
  return row === undefined ? undefined : Number(row.next_nonce);
}

/** Why a lane stands. */
export interface LaneStop {
  reason: string;
  /** Another transaction than ours has one of its nonces: the indexer opens a break. */
  nonceTaken: boolean;
}

/** Stops a lane until somebody has seen to it, or lets it go on (null); nothing when the lease is lost. */
export async function setLaneStopped(db: Queryable, lane: LaneLease, stop: LaneStop | null): Promise<void> {
  const text = `update lane set stopped_reason = $3, nonce_taken = $4
    where signer = $1 and fence = $2 and (stopped_reason, nonce_taken) is distinct from ($3, $4)`;
  await db.query(text, [lane.signer, lane.fence, stop?.reason ?? null, stop?.nonceTaken ?? false]);
}

/**
 * Sets the first nonce of a lane that has never sent anything: a key that was used before this database knew it goes
 * on where the chain says. @returns whether the lane had sent nothing
 */
export async function adoptNonce(db: Queryable, lane: LaneLease, nonce: number): Promise<boolean> {
  const result = await db.query(
    `update lane set next_nonce = $3 where signer = $1 and fence = $2
     and not exists (select 1 from chain_tx t where t.signer = lane.signer)`,
    [lane.signer, lane.fence, nonce],
  );
  return result.rowCount === 1;
}

/** The nonce that a lane gives next, as far as the database knows. */
export async function nextNonceOf(db: Queryable, signer: string): Promise<number> {
  const result = await db.query<{ next_nonce: bigint }>("select next_nonce from lane where signer = $1", [
    signer,
  ]);
  return Number(result.rows[0]?.next_nonce ?? 0n);
}
