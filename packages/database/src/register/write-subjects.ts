import { bareArray } from "../sql/bulk.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";

/** An issue as the indexer knows it. */
export interface KnownIssue {
  id: string;
  ref: string;
  token: string | null;
  issuerId: string;
  profile: string;
}

/** Issues whose token is one of these addresses, or whose ref is one of these. */
export async function knownIssues(
  db: Queryable,
  tokens: readonly string[],
  refs: readonly string[],
): Promise<KnownIssue[]> {
  const result = await db.query<KnownIssue>(
    `select id, ref, token, issuer_id as "issuerId", profile from issue where token = any($1) or ref = any($2)`,
    [tokens, refs],
  );
  return result.rows;
}

/** The brokers that keep accounts under these custodian ids. */
export async function brokersOf(db: Queryable, custodians: readonly number[]): Promise<Map<number, string>> {
  if (custodians.length === 0) return new Map();
  const text = `select custodian_id as custodian, id from party where custodian_id = any($1)`;
  const result = await db.query<{ custodian: number; id: string }>(text, [custodians]);
  return new Map(result.rows.map(({ custodian, id }) => [custodian, id]));
}

export interface ActivatedIssue {
  id: string;
  token: string;
  codeHash: string;
  blockNumber: number;
}

/** Writes where the token of an issue stands. */
export async function activateIssues(tx: Transaction, issues: readonly ActivatedIssue[]): Promise<void> {
  for (const { id, token, codeHash, blockNumber } of issues) {
    await tx.query(
      "update issue set state = 'active', token = $2, code_hash = $3, deployed_block = $4 where id = $1",
      [id, token, codeHash, blockNumber],
    );
  }
}

export type TransferState = "held" | "accepted" | "entered" | "rejected" | "cancelled" | "refused";

/**
 * Brings transfers, and the units of settlements, to the state in which the last entry of their ref leaves them.
 * @returns the settlements that have moved
 */
export async function writeTransferStates(
  tx: Transaction,
  states: ReadonlyMap<string, TransferState>,
): Promise<string[]> {
  if (states.size === 0) return [];
  const moved = await tx.query<{ id: string }>(
    `with last as (select * from unnest($1::text[], $2::text[]) as t (ref, state)),
     transfers as (
       update transfer set state = t.state from last t where transfer.ref = t.ref and transfer.state <> t.state
     )
     update settlement_leg l set state = case t.state
       when 'held' then 'held' when 'accepted' then 'approved' when 'entered' then 'delivered'
       when 'refused' then 'refused' else 'returned' end
     from last t where l.hold_id = t.ref
     returning l.settlement_id as id`,
    [bareArray([...states.keys()]), bareArray([...states.values()])],
  );
  return [...new Set(moved.rows.map(({ id }) => id))];
}

/** Wallets that the registry has recorded, and those that it refused before it ever recorded them. */
export async function writeWalletStates(
  tx: Transaction,
  registered: readonly string[],
  refused: readonly string[],
): Promise<void> {
  if (registered.length > 0) {
    const text = "update wallet set state = 'registered' where address = any($1) and state <> 'registered'";
    await tx.query(text, [registered]);
  }
  if (refused.length > 0) {
    await tx.query("update wallet set state = 'refused' where address = any($1) and state = 'pending'", [
      refused,
    ]);
  }
}

/** The token of an issue, once it stands. */
export async function tokenOf(db: Queryable, issueId: string): Promise<string | undefined> {
  const result = await db.query<{ token: string | null }>("select token from issue where id = $1", [issueId]);
  return result.rows[0]?.token ?? undefined;
}
