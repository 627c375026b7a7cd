import { anchorKinds } from "@genbo/domain/anchors";
import { zeroWord } from "@genbo/domain/words";
import { heldOf } from "../register/standing.ts";
import { type Pool, type Queryable, withTransaction } from "../sql/connection.ts";
import type { Difference } from "./reconciliations.ts";

export interface ReconciledHolding {
  account: string;
  units: bigint;
  encumbered: bigint;
  /** Units that ERC-7943 froze, which are not encumbered but lower what is free. */
  frozen: bigint;
}

/** The roots of an issue's close or record date that the register has read from the chain, the first one first. */
export interface ReconciledAnchors {
  kind: number;
  /** ISO. */
  day: string;
  roots: string[];
}

/** An issue's register at the cursor's block, to be held against the contract at that block. */
export interface ReconciledState {
  block: number;
  /** Of the block: a local chain may have another one under its number by the time that it is asked. */
  hash: string;
  issueRef: string;
  seq: number;
  head: string;
  units: bigint;
  holdings: ReconciledHolding[];
  anchors: ReconciledAnchors[];
  /** In what the register contradicts itself. */
  differences: Difference[];
}

/** Reads one state of the register, and where its own parts disagree. @param after entries up to it were looked at before */
export const readReconciled = (pool: Pool, issueId: string, after: number): Promise<ReconciledState> =>
  withTransaction(
    pool,
    async (tx) => {
      const found = await tx.query<
        Pick<ReconciledState, "hash" | "issueRef" | "head" | "units"> & { block: bigint; seq: bigint }
      >(
        `select c.block_number as block, c.block_hash as hash, i.ref as "issueRef", s.seq, s.head, s.units
         from issue_state s join issue i on i.id = s.issue_id cross join chain_cursor c where s.issue_id = $1`,
        [issueId],
      );
      const state = found.rows[0];
      if (state === undefined) throw new Error(`Issue ${issueId} has no state to reconcile.`);
      const { block, seq } = state;
      const holdings = await readHoldings(tx, issueId);
      const anchors = await readAnchors(tx, issueId);
      const differences = [
        ...(await sumsThatDiffer(tx, issueId)),
        ...(await lotsThatDiffer(tx, issueId)),
        ...(await holdsThatDiffer(tx, issueId)),
        ...(await receiversWithoutRecord(tx, issueId, after)),
        ...(await listsOfOthers(tx, issueId)),
      ];
      return { ...state, block: Number(block), seq: Number(seq), holdings, anchors, differences };
    },
    "repeatable read",
  );

async function readHoldings(tx: Queryable, issueId: string): Promise<ReconciledHolding[]> {
  const found = await tx.query<ReconciledHolding>(
    `select p.account, p.units, p.encumbered, coalesce(f.frozen, 0)::bigint as frozen from ${heldOf("$1")} p
     left join (select account, sum(claimed) as frozen from hold
       where issue_id = $1 and to_seq is null and kind = 6 group by account) f using (account)
     order by p.account`,
    [issueId],
  );
  return found.rows;
}

/** Whatever day the register made a root of, or the chain holds one of. */
async function readAnchors(tx: Queryable, issueId: string): Promise<ReconciledAnchors[]> {
  const found = await tx.query<ReconciledAnchors>(
    `select kind, day::text as day, coalesce(array_agg(a.root order by a.version) filter (where a.root is not null), '{}') as roots
     from (select kind, day from register_root where issue_id = $1 and root <> '${zeroWord}'
       union select kind, day from anchor where issue_id = $1) d
     left join (select * from anchor where issue_id = $1) a using (kind, day)
     group by kind, day order by day, kind`,
    [issueId],
  );
  return found.rows;
}

/**
 * Days whose last root on chain is none of the register's, and over which the register has none of its own to put: no
 * record date was set for the day, or no holding stood at its close. What two persons have closed is known, and not
 * asked about again; another root is.
 */
async function listsOfOthers(tx: Queryable, issueId: string): Promise<Difference[]> {
  const found = await tx.query<Difference>(
    `select 'anchored list' as what, null as account, n.register, a.root as other
     from anchor a cross join lateral (
       select case a.kind when ${anchorKinds.DAY_CLOSE} then 'close ' else '' end || a.day || ' has not this root' as register) n
     where a.issue_id = $1
       and not exists (select 1 from anchor b where b.issue_id = a.issue_id and b.kind = a.kind and b.day = a.day
         and b.version > a.version)
       and (a.kind <> ${anchorKinds.DAY_CLOSE} or exists (select 1 from register_root z
         where z.issue_id = a.issue_id and z.kind = a.kind and z.day = a.day and z.version > a.version))
       and not exists (select 1 from register_root r
         where r.issue_id = a.issue_id and r.kind = a.kind and r.day = a.day and r.root <> '${zeroWord}')
       and not exists (
         select 1 from register_break b cross join jsonb_array_elements(b.detail -> 'differences') d
         where b.issue_id = a.issue_id and b.closed_at is not null and d ->> 'what' = 'anchored list'
           and d ->> 'other' = a.root and d ->> 'register' = n.register)
     order by a.day, a.kind`,
    [issueId],
  );
  return found.rows;
}

/** Each holding beside the sum of its lots, which the writer of periods checks and the table does not. */
async function lotsThatDiffer(tx: Queryable, issueId: string): Promise<Difference[]> {
  const found = await tx.query<Difference>(
    `select 'sum of lots' as what, account, units::text as register, lots_units(lots)::text as other
     from ${heldOf("$1")} p where lots_units(lots) <> units order by account`,
    [issueId],
  );
  return found.rows;
}

/** Σ holdings, persons and accounts beside the issue's figures. */
async function sumsThatDiffer(tx: Queryable, issueId: string): Promise<Difference[]> {
  const found = await tx.query<Difference>(
    `select v.what, null as account, v.register::text, v.other::text from issue_state s cross join lateral (
       select coalesce(sum(units), 0) as units, count(*) as accounts, count(distinct person_id) as holders
       from ${heldOf("$1")} p) h
     cross join lateral (values ('sum of holdings', s.units::numeric, h.units), ('accounts', s.accounts, h.accounts),
       ('holders', s.holders, h.holders)) v (what, register, other)
     where s.issue_id = $1 and v.register <> v.other`,
    [issueId],
  );
  return found.rows;
}

/** What is encumbered beside the sum of the account's open holds. */
async function holdsThatDiffer(tx: Queryable, issueId: string): Promise<Difference[]> {
  const found = await tx.query<Difference>(
    `select 'sum of holds' as what, account, coalesce(p.encumbered, 0)::text as register, coalesce(h.held, 0)::text as other
     from ${heldOf("$1")} p
     full join (select account, sum(units) as held from hold
       where issue_id = $1 and to_seq is null and kind <> 6 group by account) h using (account)
     where coalesce(p.encumbered, 0) <> coalesce(h.held, 0) order by account`,
    [issueId],
  );
  return found.rows;
}

/**
 * Every holder's particulars at entry time: units may only arrive in an account whose record stood before the entry
 * and, where the parties themselves asked for it (bases 1 and 2), whose check held then.
 */
async function receiversWithoutRecord(tx: Queryable, issueId: string, after: number): Promise<Difference[]> {
  const found = await tx.query<Difference>(
    `select 'record of the receiver' as what, e.to_account as account, 'entry ' || e.seq as register,
       case when r.seq is null then 'no record' else 'check lapsed' end as other
     from entry e left join lateral (
       select r.seq, ('x' || substr(r.record, 33, 10))::bit(40)::bigint as valid_until from registry_record r
       where r.wallet = e.to_account and (r.block_number, r.log_index) < (e.block_number, e.log_index)
       order by r.seq desc limit 1) r on true
     where e.issue_id = $1 and e.seq > $2 and e.kind in (1, 3, 4, 5, 8, 17) and e.to_account is not null
       and (r.seq is null or (e.basis in (1, 2) and r.valid_until < extract(epoch from e.block_time)))
     order by e.seq`,
    [issueId, after],
  );
  return found.rows;
}
