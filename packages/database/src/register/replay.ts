import type { Word } from "@genbo/domain/words";
import { advance } from "@genbo/register/fold";
import { createRoot, leafOf } from "@genbo/register/merkle";
import { type ChainEntry, emptyState } from "@genbo/register/state";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { type ChainEntryRow, chainEntryColumns, chainEntryOf } from "./chain-entry.ts";
import { createDerived } from "./write.ts";
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
    const parties = await accountParties(tx, accountsOf(lot));
    const derived = createDerived();
    for (const { entry, blockNumber } of lot) {
      const step = advance(state, entry, (account) => parties.get(account)?.person);
      derived.add({ issueId, step, origin: { blockNumber } });
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

async function entriesAfter(db: Queryable, issueId: string, seq: number): Promise<ReplayedEntry[]> {
  const result = await db.query<ChainEntryRow & { block: bigint }>(
    `select ${chainEntryColumns}, block_number as block
     from entry where issue_id = $1 and seq > $2 order by seq limit $3`,
    [issueId, seq, entriesPerLot],
  );
  return result.rows.map((row) => ({ entry: chainEntryOf(row), blockNumber: Number(row.block) }));
}

const accountsOf = (lot: readonly ReplayedEntry[]): string[] => [
  ...new Set(lot.flatMap(({ entry }) => [entry.from, entry.to])),
];
