import { entryKinds } from "@genbo/domain/entry-kinds";
import { zeroWord } from "@genbo/domain/words";
import { inVain } from "../commands/operation-progress.ts";
import { reopenChanges } from "../issues/issue-changes.ts";
import { takeBackSettlements } from "../issues/settlements-settle.ts";
import { reopenCases } from "../legal/cases-settle.ts";
import { reopenCustodyChanges } from "../legal/custody-changes-settle.ts";
import { commandChannel, rolledBackNotice } from "../outbox/outbox.ts";
import { compareAnew } from "../reconcile/reconciliations.ts";
import type { Transaction } from "../sql/connection.ts";
import { hasTerms, ofOwnHold } from "./chain-entry.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { replayIssue } from "./replay.ts";
import { dropLinesAfter } from "./write-registry.ts";

export interface RolledBack {
  /** The block that both chains have: the new cursor. */
  fork: number;
  /** The cursor before. */
  from: number;
  /** Issues whose entries were taken back. */
  issueIds: string[];
  /** Entries that are no longer in the register; they come again when their transactions are mined again. */
  entries: number;
}

/**
 * Takes the register back to the block `fork`, which must be a processed one. Possible on a local chain only, whose
 * node came back from an older dump: what it has lost is deleted here, what follows from the rest is made anew, and
 * every transaction that no block holds any more waits to be sent again, with the same bytes.
 */
export async function rollBack(tx: Transaction, fork: number, now: Date): Promise<RolledBack> {
  const cursor = await readCursor(tx, true);
  if (cursor === undefined) throw new Error("There is no cursor to roll back.");
  const lost = await tx.query<{ issue_id: string; entries: bigint }>(
    "select issue_id, count(*) as entries from entry where block_number > $1 group by issue_id order by issue_id",
    [fork],
  );
  const issueIds = lost.rows.map(({ issue_id }) => issue_id);
  await takeBackOutbox(tx, fork, now);
  await takeBackTransfers(tx, fork);
  await takeBackSettlements(tx, fork);
  await reopenCases(tx);
  await reopenCustodyChanges(tx);
  await reopenChanges(tx);
  await compareAnew(tx, fork);
  for (const table of ["record_date_list", "register_root", "anchor"])
    await tx.query(`delete from ${table} where block_number > $1`, [fork]);
  // Derived rows refer to entries, so they go first; the replay brings back those that still stand.
  await tx.query("delete from holding_period where issue_id = any($1)", [issueIds]);
  await tx.query("delete from entry where block_number > $1", [fork]);
  await takeBackIssues(tx, fork);
  const registry = await takeBackRegistry(tx, fork);
  for (const issueId of issueIds) await replayIssue(tx, issueId);
  const block = await takeBackBlocks(tx, fork);
  await writeCursor(tx, {
    blockNumber: fork,
    blockHash: block.hash,
    blockTime: block.time,
    genesisHash: cursor.genesisHash,
    ...registry,
  });
  await tx.query("select pg_notify($1, $2)", [commandChannel, rolledBackNotice]);
  const entries = lost.rows.reduce((sum, row) => sum + Number(row.entries), 0);
  return { fork, from: cursor.blockNumber, issueIds, entries };
}

/** Commands of lost blocks are taken again, their operations under way again, and nothing counts as sent. */
async function takeBackOutbox(tx: Transaction, fork: number, now: Date): Promise<void> {
  await tx.query(
    `with lost as (select id from chain_tx where block_number > $1),
     undone as (
       update command set state = 'taken', code = null
       where chain_tx_id in (select id from lost) and state in ('entered', 'refused')
       returning operation_id
     )
     select 1 from undone`,
    [fork],
  );
  await tx.query(
    `with counted as (
       select c.operation_id as id,
         count(*) filter (where c.state = 'entered') as entered,
         count(*) filter (where c.state in ${inVain}) as refused,
         max(b.time) filter (where c.state = 'entered') as entered_at
       from command c
         left join chain_tx x on x.id = c.chain_tx_id left join chain_block b on b.number = x.block_number
       where c.operation_id in (
         select own.operation_id from command own join chain_tx t on t.id = own.chain_tx_id where t.block_number > $1
       )
       group by c.operation_id
     )
     update operation o set state = 'accepted', code = null, entered_at = c.entered_at, updated_at = $2,
       rows_entered = c.entered, rows_refused = c.refused
     from counted c where o.id = c.id`,
    [fork, now],
  );
  // Whatever the node had in its pool is gone as well: all bytes without a block are sent again.
  await tx.query(
    `update chain_tx set state = 'stored', block_number = null, reverted = null
     where state in ('stored', 'sent') or block_number > $1`,
    [fork],
  );
}

/** A transfer stands where its last remaining entry left it; one that was released is over and stays so. */
async function takeBackTransfers(tx: Transaction, fork: number): Promise<void> {
  await tx.query(
    `update transfer t set state = coalesce((
       select case e.kind when $2 then 'held' when $3 then 'accepted' when $4 then t.state else 'entered' end
       from entry e where ${ofOwnHold("t", "t.ref", "units", "REQUEST")} and e.block_number <= $1
       order by e.seq desc limit 1
     ), (
       select 'entered' from entry e where e.issue_id = t.issue_id and e.ref = t.ref and e.kind = $5
         and e.maker is not null and ${hasTerms("e", "t", "units")} and e.block_number <= $1 limit 1
     ), 'requested')
     where t.ref in (select ref from entry where block_number > $1)
        or t.ref in (select c.ref from command c join chain_tx x on x.id = c.chain_tx_id where x.block_number is null)`,
    [fork, entryKinds.HOLD_CREATED, entryKinds.HOLD_ACCEPTED, entryKinds.HOLD_RELEASED, entryKinds.TRANSFER],
  );
}

async function takeBackIssues(tx: Transaction, fork: number): Promise<void> {
  await tx.query(
    `update issue set state = 'approved', token = null, code_hash = null, deployed_block = null
     where deployed_block > $1`,
    [fork],
  );
}

/** @returns number and head of the last line that remains */
async function takeBackRegistry(
  tx: Transaction,
  fork: number,
): Promise<{ registrySeq: number; registryHead: string }> {
  const wallets = await dropLinesAfter(tx, "block_number", fork);
  await tx.query(
    `update wallet set state = 'pending'
     where address = any($1) and not exists (select 1 from account a where a.address = wallet.address)`,
    [wallets],
  );
  return lastLine(tx);
}

async function lastLine(tx: Transaction): Promise<{ registrySeq: number; registryHead: string }> {
  const result = await tx.query<{ seq: bigint; head: string }>(
    "select seq, head from registry_record order by seq desc limit 1",
  );
  const line = result.rows[0];
  return { registrySeq: Number(line?.seq ?? 0n), registryHead: line?.head ?? zeroWord };
}

async function takeBackBlocks(tx: Transaction, fork: number): Promise<{ hash: string; time: Date }> {
  await tx.query("delete from chain_block where number > $1", [fork]);
  const result = await tx.query<{ hash: string; time: Date }>(
    "select hash, time from chain_block where number = $1",
    [fork],
  );
  const block = result.rows[0];
  if (block === undefined) throw new Error(`Block ${fork} was not processed, so it cannot be a fork.`);
  return block;
}
