import type { ProfileName } from "@genbo/domain/profiles";
import { bareArray } from "../sql/bulk.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";

/** An issue as the indexer knows it. */
export interface KnownIssue {
  id: string;
  ref: string;
  token: string | null;
  issuerId: string;
  profile: ProfileName;
}

/** An issue with what its token was agreed to be created with. */
export interface AgreedIssue extends KnownIssue {
  termsHash: string;
  cap: string;
  policy: string;
  issuerRole: string | null;
}

/** Issues whose token is one of these addresses, or whose ref is one of these. */
export async function knownIssues(
  db: Queryable,
  tokens: readonly string[],
  refs: readonly string[],
): Promise<AgreedIssue[]> {
  const result = await db.query<AgreedIssue>(
    `select i.id, i.ref, i.token, i.issuer_id as "issuerId", i.profile, i.terms_hash as "termsHash",
       i.total_units::text as cap, i.policy, p.issuer_role::text as "issuerRole"
     from issue i join party p on p.id = i.issuer_id where i.token = any($1) or i.ref = any($2)`,
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

/** What the entries of a lot say of a ref in an issue's register: the state in which the last one of them leaves it. */
export interface TransferNews {
  issueId: string;
  ref: string;
  state: TransferState;
  /**
   * Why it speaks of the transfer of that ref, though anybody may write any ref into an entry of his own. `command`: our
   * own command moved its units at once. `creation`: the lot made the hold of these terms, which must be the transfer's.
   * `hold`: a hold that the transfer has had before the lot, whose id no other hold of the issue can have.
   */
  cause: "command" | "creation" | "hold";
  /** Whether it is about units of a settlement. */
  forSettlement: boolean;
  from: string;
  to: string;
  units: bigint;
}

/** @param begun states in which it had no hold yet @param held states in which it has one */
const isOf = (row: string, units: string, begun: string, held: string) =>
  `${row}.issue_id = n.issue_id and case n.cause
    when 'hold' then ${row}.state in ${held}
    when 'command' then ${row}.state in ${begun}
    else ${row}.state in ${begun}
      and ${row}.from_account = n.giver and ${row}.to_account = n.receiver and ${row}.${units} = n.units end`;

/**
 * Brings transfers, and the units of settlements, to the state in which the last entry about them leaves them.
 * @param refused refs of what our own command was to begin and the chain refused
 * @returns the settlements that have moved
 */
export async function writeTransferStates(
  tx: Transaction,
  news: readonly TransferNews[],
  refused: readonly string[],
): Promise<string[]> {
  const moved = [...(await writeNews(tx, news)), ...(await writeRefused(tx, refused))];
  return [...new Set(moved)];
}

async function writeNews(tx: Transaction, news: readonly TransferNews[]): Promise<string[]> {
  if (news.length === 0) return [];
  const moved = await tx.query<{ id: string }>(
    `with news as (
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::bigint[])
         as t (issue_id, ref, state, cause, for_settlement, giver, receiver, units)
     ),
     transfers as (
       update transfer t set state = n.state from news n
       where not n.for_settlement and t.ref = n.ref and ${isOf("t", "units", "('requested', 'refused')", "('held', 'accepted')")}
     )
     update settlement_leg l set state = case n.state
       when 'held' then 'held' when 'accepted' then 'approved' when 'entered' then 'delivered' else 'returned' end
     from news n
     where n.for_settlement and l.hold_id = n.ref and ${isOf("l", "amount", "('pending', 'refused')", "('held', 'approved')")}
     returning l.settlement_id as id`,
    [
      bareArray(news.map(({ issueId }) => issueId)),
      bareArray(news.map(({ ref }) => ref)),
      bareArray(news.map(({ state }) => state)),
      bareArray(news.map(({ cause }) => cause)),
      bareArray(news.map(({ forSettlement }) => String(forSettlement))),
      bareArray(news.map(({ from }) => from)),
      bareArray(news.map(({ to }) => to)),
      bareArray(news.map(({ units }) => units)),
    ],
  );
  return moved.rows.map(({ id }) => id);
}

/** A wallet may have sent the same order by itself before: what is held stays so. */
async function writeRefused(tx: Transaction, refs: readonly string[]): Promise<string[]> {
  if (refs.length === 0) return [];
  const moved = await tx.query<{ id: string }>(
    `with transfers as (
       update transfer set state = 'refused' where ref = any($1) and state = 'requested'
     )
     update settlement_leg set state = 'refused' where hold_id = any($1) and state = 'pending'
     returning settlement_id as id`,
    [bareArray(refs)],
  );
  return moved.rows.map(({ id }) => id);
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
