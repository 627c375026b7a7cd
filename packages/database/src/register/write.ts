import { instantOf } from "@genbo/domain/instant-of";
import { decodeHold, zeroAddress } from "@genbo/domain/words";
import { sumLots } from "@genbo/register/lots";
import { perfects } from "@genbo/register/perfection";
import type { ChainEntry, Hold, Holding, IssueTotals } from "@genbo/register/state";
import type { Step } from "@genbo/register/step";
import { column, insertRows } from "../sql/bulk.ts";
import { createRowsToCopy, type RowsToCopy } from "../sql/copy-rows.ts";
import { together } from "../sql/together.ts";
import { onlyMoves } from "./chain-entry.ts";
import { lotsText } from "./lots-json.ts";

/** Where an entry stands on the chain, and which command of ours made it. */
export interface EntryOrigin {
  txHash: string;
  logIndex: number;
  blockNumber: number;
  blockHash: string;
  operationId: string | null;
  maker: string | null;
  checker: string | null;
}

/** One folded entry of an issue, with its origin. */
export interface EntryRow {
  issueId: string;
  step: Step;
  origin: EntryOrigin;
}

const partyOf = (address: string): string | null => (address === zeroAddress ? null : address);

const entryColumns = [
  column<EntryRow>("issue_id", "text", ({ issueId }) => issueId),
  column<EntryRow>("seq", "bigint", ({ step }) => step.entry.seq),
  column<EntryRow>("kind", "smallint", ({ step }) => step.entry.kind),
  column<EntryRow>("basis", "smallint", ({ step }) => step.entry.basis),
  column<EntryRow>("units", "bigint", ({ step }) => step.entry.units),
  column<EntryRow>("from_account", "text", ({ step }) => partyOf(step.entry.from)),
  column<EntryRow>("to_account", "text", ({ step }) => partyOf(step.entry.to)),
  column<EntryRow>("from_person", "text", ({ step }) => step.effect.from?.person ?? null),
  column<EntryRow>("to_person", "text", ({ step }) => step.effect.to?.person ?? null),
  column<EntryRow>("ref", "text", ({ step }) => step.entry.ref),
  column<EntryRow>("data", "text", ({ step }) => step.entry.data),
  column<EntryRow>("head", "text", ({ step }) => step.entry.head),
  column<EntryRow>("trade_date", "date", ({ step }) => step.effect.tradeDate),
  column<EntryRow>("acquired_on", "date", ({ step }) => step.effect.acquiredOn),
  column<EntryRow>("settlement_date", "date", ({ step }) => step.effect.settlementDate),
  column<EntryRow>("hold_id", "text", ({ step }) => step.effect.holdId),
  column<EntryRow>("lots", "json", ({ step }) => lotsText(step.effect.lots)),
  column<EntryRow>("corrects", "bigint", ({ step }) => step.effect.corrects),
  column<EntryRow>("effective_on", "date", ({ step }) => step.effect.effectiveOn),
  column<EntryRow>("total_units", "bigint", ({ step }) => step.totals.units),
  column<EntryRow>("total_holders", "integer", ({ step }) => step.totals.holders),
  column<EntryRow>("total_accounts", "integer", ({ step }) => step.totals.accounts),
  column<EntryRow>("operation_id", "text", ({ origin }) => origin.operationId),
  column<EntryRow>("maker", "text", ({ origin }) => origin.maker),
  column<EntryRow>("checker", "text", ({ origin }) => origin.checker),
  column<EntryRow>("tx_hash", "text", ({ origin }) => origin.txHash),
  column<EntryRow>("log_index", "integer", ({ origin }) => origin.logIndex),
  column<EntryRow>("block_number", "bigint", ({ origin }) => origin.blockNumber),
  column<EntryRow>("block_hash", "text", ({ origin }) => origin.blockHash),
  column<EntryRow>("block_time", "timestamptz", ({ step }) => instantOf(step.entry.blockTime)),
  // Entered, and perfected if anything is (Trust Act 195), with its block: the same at a rebuild, since block time is
  // legal time.
  column<EntryRow>("entered_at", "timestamptz", ({ step }) => instantOf(step.entry.blockTime)),
  column<EntryRow>("perfected_at", "timestamptz", ({ step }) =>
    perfects(step) ? instantOf(step.entry.blockTime) : null,
  ),
];

/** Lines to add to the register. Entries are only ever added. */
export const createLines = (): RowsToCopy<EntryRow> => createRowsToCopy("entry", entryColumns);

/** What an account holds from an entry on. */
interface Period {
  issueId: string;
  holding: Holding;
  /** Nothing stood before. */
  opens: boolean;
}
interface TotalsRow extends IssueTotals {
  issueId: string;
  blockNumber: number;
}

/** What its line in the register leads to. */
type FoldedEntry = Pick<EntryRow, "issueId" | "step"> & { origin: Pick<EntryOrigin, "blockNumber"> };

/** What follows from entries, in their order: periods of holdings, holds, figures of issues. */
export function createDerived(): RowsToCopy<FoldedEntry> {
  const periods = createRowsToCopy("holding_period", periodColumns);
  const holds = new Map<string, HoldOfIssue>();
  const totals = new Map<string, TotalsRow>();
  return {
    add: ({ issueId, step, origin }) => {
      const { entry, effect } = step;
      for (const { account, before, after } of effect.holdings) {
        checkNamed(issueId, entry, account);
        const holding = after ?? { ...before!, units: 0n, encumbered: 0n, lots: [], fromSeq: entry.seq };
        checkLots(issueId, holding);
        periods.add({ issueId, holding, opens: before === null });
      }
      checkMoved(issueId, step);
      for (const hold of [effect.parted, effect.hold])
        if (hold !== null) holds.set(`${issueId} ${hold.id}`, { issueId, hold });
      totals.set(issueId, { issueId, ...step.totals, blockNumber: origin.blockNumber });
    },
    write: async (tx) => {
      await together(
        periods.write(tx),
        insertRows(tx, "hold", holdColumns, [...holds.values()], holdConflict),
        insertRows(tx, "issue_state", totalsColumns, [...totals.values()], totalsConflict),
      );
    },
  };
}

/** What the tree of one state is made from that of another by (`holdingsChanged`). */
function checkNamed(issueId: string, { seq, from, to }: ChainEntry, account: string): void {
  if (account === from || account === to) return;
  throw new Error(`Entry ${seq} of ${issueId} changes ${account}, which it does not name.`);
}

/** By what its accounts find a line that only moves units (`onlyMoves`). */
function checkMoved(issueId: string, { entry, effect }: Step): void {
  if (!onlyMoves(entry)) return;
  const named = [entry.from, entry.to].filter((account) => account !== zeroAddress);
  if (named.every((account) => effect.holdings.some((change) => change.account === account))) return;
  throw new Error(
    `Entry ${entry.seq} of ${issueId} moves units and leaves an account that it names as it was.`,
  );
}

/** Σ lots = holding. Here and not in the table, where it cost more than the rest of the row; reconciled daily as well. */
function checkLots(issueId: string, { account, units, lots, fromSeq }: Holding): void {
  if (sumLots(lots) === units) return;
  throw new Error(`The lots of ${account} after entry ${fromSeq} of ${issueId} are not its ${units} units.`);
}

const periodColumns = [
  column<Period>("issue_id", "text", ({ issueId }) => issueId),
  column<Period>("account", "text", ({ holding }) => holding.account),
  column<Period>("person_id", "text", ({ holding }) => holding.person),
  column<Period>("from_seq", "bigint", ({ holding }) => holding.fromSeq),
  column<Period>("units", "bigint", ({ holding }) => holding.units),
  column<Period>("encumbered", "bigint", ({ holding }) => holding.encumbered),
  column<Period>("lots", "json", ({ holding }) => lotsText(holding.lots)),
  column<Period>("opens", "boolean", ({ opens }) => opens),
];

type HoldOfIssue = { issueId: string; hold: Hold };

/** Minutes since 1970 as an instant; null for a hold that does not expire. */
function expiryOf({ data }: Hold): string | null {
  const { expiryMinutes } = decodeHold(data);
  return expiryMinutes === 0 ? null : instantOf(expiryMinutes * 60).toISOString();
}

const holdColumns = [
  column<HoldOfIssue>("issue_id", "text", ({ issueId }) => issueId),
  column<HoldOfIssue>("id", "text", ({ hold }) => hold.id),
  column<HoldOfIssue>("account", "text", ({ hold }) => hold.account),
  column<HoldOfIssue>("target", "text", ({ hold }) => hold.target),
  column<HoldOfIssue>("kind", "smallint", ({ hold }) => hold.kind),
  column<HoldOfIssue>("controller", "text", ({ hold }) => partyOf(hold.controller)),
  column<HoldOfIssue>("units", "bigint", ({ hold }) => hold.units),
  column<HoldOfIssue>("claimed", "bigint", ({ hold }) => hold.claimed),
  column<HoldOfIssue>("behind", "text", ({ hold }) => hold.behind),
  column<HoldOfIssue>("part_of", "text", ({ hold }) => hold.partOf),
  column<HoldOfIssue>("expires_at", "timestamptz", ({ hold }) => expiryOf(hold)),
  column<HoldOfIssue>("accepted", "boolean", ({ hold }) => hold.accepted),
  column<HoldOfIssue>("data", "text", ({ hold }) => hold.data),
  column<HoldOfIssue>("from_seq", "bigint", ({ hold }) => hold.fromSeq),
  column<HoldOfIssue>("to_seq", "bigint", ({ hold }) => hold.toSeq),
];
const holdConflict = `on conflict (issue_id, id) do update set account = excluded.account, target = excluded.target,
  controller = excluded.controller, units = excluded.units, claimed = excluded.claimed, behind = excluded.behind, expires_at = excluded.expires_at, accepted = excluded.accepted, data = excluded.data,
  to_seq = excluded.to_seq`;

const totalsColumns = [
  column<TotalsRow>("issue_id", "text", ({ issueId }) => issueId),
  column<TotalsRow>("seq", "bigint", ({ seq }) => seq),
  column<TotalsRow>("head", "text", ({ head }) => head),
  column<TotalsRow>("units", "bigint", ({ units }) => units),
  column<TotalsRow>("holders", "integer", ({ holders }) => holders),
  column<TotalsRow>("accounts", "integer", ({ accounts }) => accounts),
  column<TotalsRow>("policy", "text", ({ policy }) => policy),
  column<TotalsRow>("block_number", "bigint", ({ blockNumber }) => blockNumber),
];
const totalsConflict = `on conflict (issue_id) do update set seq = excluded.seq, head = excluded.head,
  units = excluded.units, holders = excluded.holders, accounts = excluded.accounts, policy = excluded.policy, block_number = excluded.block_number`;
