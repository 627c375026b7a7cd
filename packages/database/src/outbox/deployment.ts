import type { Queryable } from "../sql/connection.ts";

/** Our contracts on the one chain of this database. Addresses in lower case. */
export interface DeploymentRow {
  chainId: number;
  genesisHash: string;
  admin: string;
  manager: string;
  registry: string;
  factory: string;
  implementation: string;
  /** RegisterAnchor. */
  anchor: string;
  settlement: string;
  /** The token in which cash legs are paid, where the platform has one. */
  cash: string | null;
}

export async function readDeployment(db: Queryable): Promise<DeploymentRow | undefined> {
  const result = await db.query<Omit<DeploymentRow, "chainId"> & { chainId: bigint }>(
    `select chain_id as "chainId", genesis_hash as "genesisHash", admin, manager, registry, factory,
       implementation, anchor, settlement, cash from deployment where id = 1`,
  );
  const row = result.rows[0];
  return row === undefined ? undefined : { ...row, chainId: Number(row.chainId) };
}

/** The chain that this database belongs to, as far as it says; undefined before anything of a chain is in it. */
export async function knownChain(
  db: Queryable,
): Promise<{ chainId?: number; genesisHash: string } | undefined> {
  const deployment = await readDeployment(db);
  if (deployment !== undefined) return { chainId: deployment.chainId, genesisHash: deployment.genesisHash };
  const cursor = await db.query<{ genesisHash: string }>(
    'select genesis_hash as "genesisHash" from chain_cursor where id = 1',
  );
  return cursor.rows[0];
}

/** Writes where the contracts stand, once. */
export async function writeDeployment(db: Queryable, made: DeploymentRow, now: Date): Promise<void> {
  await db.query(
    `insert into deployment
       (id, chain_id, genesis_hash, admin, manager, registry, factory, implementation, anchor, settlement, cash, created_at)
     values (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`,
    [
      made.chainId,
      made.genesisHash,
      made.admin,
      made.manager,
      made.registry,
      made.factory,
      made.implementation,
      made.anchor,
      made.settlement,
      made.cash,
      now,
    ],
  );
}

export interface DeploymentProgress {
  stored: number;
  mined: number;
  reverted: number;
  /** Somebody else used their nonces. */
  lost: number;
  firstNonce: number;
}

/** `chain_tx.call` of the transactions that deploy the contracts. */
export const deployCall = "deploy";

/** How far the transactions that deploy the contracts have come. */
export async function deploymentProgress(db: Queryable, admin: string): Promise<DeploymentProgress> {
  const result = await db.query<
    Record<"stored" | "mined" | "reverted" | "lost", bigint> & { first: bigint | null }
  >(
    `select count(*) as stored, count(*) filter (where state = 'mined') as mined,
       count(*) filter (where reverted) as reverted, count(*) filter (where state = 'lost') as lost, min(nonce) as first
     from chain_tx where signer = $1 and call = $2`,
    [admin, deployCall],
  );
  const row = result.rows[0]!;
  return {
    stored: Number(row.stored),
    mined: Number(row.mined),
    reverted: Number(row.reverted),
    lost: Number(row.lost),
    firstNonce: Number(row.first ?? 0n),
  };
}
