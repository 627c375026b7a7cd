import { type Word, zeroAddress } from "@genbo/domain/words";
import { advance } from "@genbo/register/fold";
import { createRoot, leafOf } from "@genbo/register/merkle";
import { type ChainEntry, emptyState } from "@genbo/register/state";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { collectDerived } from "./write.ts";
import { accountParties } from "./write-registry.ts";

/** Entries read and folded at once; some MB. */
const entriesPerLot = 5_000;

/**
 * Makes an issue's derived rows (periods, holds, figures) anew from its entries, by the fold that made them first.
 * The same entries give the same rows, byte for byte.
 */
export async function replayIssue(tx: Transaction, issueId: string): Promise<void> {
  for (const table of ["holding_period", "hold", "issue_state"]) {
    await tx.query(`delete from ${table} where issue_id = $1`, [issueId]);
  }
  const state = emptyState();
  for (;;) {
    const lot = await entriesAfter(tx, issueId, state.seq);
    if (lot.length === 0) return;
    const derived = collectDerived();
    const parties = await accountParties(tx, accountsOf(lot));
    for (const { entry, blockNumber } of lot) {
      derived.add(
        issueId,
        advance(state, entry, (account) => parties.get(account)?.person),
        blockNumber,
      );
    }
    await derived.write(tx);
  }
}

/** The root over the holdings just after entry `seq` that the entries alone lead to, whatever the derived rows say. */
export async function rootByEntries(db: Queryable, issueId: string, seq: number): Promise<Word> {
  const state = emptyState();
  for (;;) {
    const lot = (await entriesAfter(db, issueId, state.seq)).filter(({ entry }) => entry.seq <= seq);
    if (lot.length === 0) break;
    const parties = await accountParties(db, accountsOf(lot));
    for (const { entry } of lot) advance(state, entry, (account) => parties.get(account)?.person);
  }
  const root = createRoot();
  for (const account of [...state.holdings.keys()].sort())
    root.add(account, leafOf(state.holdings.get(account)!));
  return root.root();
}

interface ReplayedEntry {
  entry: ChainEntry;
  blockNumber: number;
}

interface EntryRecord {
  seq: bigint;
  kind: number;
  basis: number;
  units: bigint;
  from_account: string | null;
  to_account: string | null;
  ref: string;
  data: string;
  head: string;
  block_time: Date;
  block_number: bigint;
}

async function entriesAfter(db: Queryable, issueId: string, seq: number): Promise<ReplayedEntry[]> {
  const result = await db.query<EntryRecord>(
    `select seq, kind, basis, units, from_account, to_account, ref, data, head, block_time, block_number
     from entry where issue_id = $1 and seq > $2 order by seq limit $3`,
    [issueId, seq, entriesPerLot],
  );
  return result.rows.map((row) => ({
    entry: {
      seq: Number(row.seq),
      kind: row.kind,
      basis: row.basis,
      units: row.units,
      from: row.from_account ?? zeroAddress,
      to: row.to_account ?? zeroAddress,
      ref: row.ref,
      data: row.data,
      head: row.head,
      blockTime: row.block_time.getTime() / 1000,
    },
    blockNumber: Number(row.block_number),
  }));
}

const accountsOf = (lot: readonly ReplayedEntry[]): string[] => [
  ...new Set(lot.flatMap(({ entry }) => [entry.from, entry.to])),
];
