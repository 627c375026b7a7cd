import type { ChainTransaction } from "@genbo/chain/blocks";
import type { RegisterEvent } from "@genbo/chain/events";
import { type OurTransaction, type OwedCommand, owedCommands, owing } from "@genbo/database/outbox/mined";
import type { Queryable } from "@genbo/database/sql/connection";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { refOfWallet } from "@genbo/domain/ids";
import type { Log } from "@genbo/domain/log";
import type { FoldedLot } from "./fold-lot.ts";
import type { Lot } from "./lot.ts";
import type { PlacedEvent } from "./lot-logs.ts";
import type { Ours } from "./origins.ts";

/** The kind of entry that a call makes under its command's own ref; a succession without free units begins with a hold. */
const entryOf: Readonly<Record<string, number | readonly number[]>> = {
  issue: entryKinds.ISSUE,
  redeem: entryKinds.REDEEM,
  custodiedTransfer: entryKinds.TRANSFER,
  enforceTransfers: entryKinds.FORCED_TRANSFER,
  recover: entryKinds.RECOVERY,
  succeed: [entryKinds.FORCED_TRANSFER, entryKinds.HOLD_SUCCEEDED],
  requestTransfers: entryKinds.HOLD_CREATED,
  createDvpHolds: entryKinds.HOLD_CREATED,
  createHolds: entryKinds.HOLD_CREATED,
  acceptTransfers: entryKinds.HOLD_ACCEPTED,
  approveTransfers: entryKinds.HOLD_EXECUTED,
  rejectTransfers: entryKinds.HOLD_RELEASED,
  cancelTransfers: entryKinds.HOLD_RELEASED,
  mark: entryKinds.MARK,
  changeTerms: entryKinds.TERMS,
  setPaused: entryKinds.POLICY,
  executePolicy: entryKinds.POLICY,
};

interface Trace {
  transaction: ChainTransaction;
  contract: string;
  event: RegisterEvent;
  ref: string;
}

/**
 * Transactions that a key of ours sent and this database does not know: it was restored from a backup from before them,
 * or somebody else uses the key. What they entered and we still owe is done, or it would be sent and entered twice.
 */
export async function foreignTransactions(
  db: Queryable,
  lot: Lot,
  { ours, folded }: { ours: Ours; folded: FoldedLot },
  log: Log,
): Promise<Map<string, OurTransaction>> {
  const found = new Map<string, OurTransaction>();
  const strange = folded.logs.filter(({ transaction }) => !ours.has(transaction.hash));
  if (strange.length === 0) return found;
  const signers = await owing(db, [...new Set(strange.map(({ transaction }) => transaction.from))]);
  const traces = traced(strange.filter(({ transaction }) => signers.has(transaction.from)));
  if (traces.length === 0) return found;
  const owed = await owedCommands(db, [...signers], [...new Set(traces.map(({ ref }) => ref))]);
  for (const command of owed) {
    const hash = traces.find((trace) => isDone(command, trace, lot))?.transaction.hash;
    if (hash === undefined) continue;
    const known = found.get(hash);
    if (known === undefined) found.set(hash, { id: 0n, hash, call: command.call, commands: [command] });
    else known.commands.push(command);
  }
  for (const { hash, commands } of found.values())
    log.warn("a transaction that is not in this database entered what it still owed", {
      hash,
      rows: commands.length,
    });
  return found;
}

const traced = (logs: readonly PlacedEvent[]): Trace[] =>
  logs.flatMap((placed) => {
    if (!("event" in placed)) return [];
    const { event, transaction, log } = placed;
    const about = { transaction, contract: log.address, event };
    if (event.type === "entry" || event.type === "issueCreated") return [{ ...about, ref: event.ref }];
    return event.type === "recorded" ? [{ ...about, ref: refOfWallet(event.wallet) }] : [];
  });

function isDone(command: OwedCommand, { transaction, contract, event, ref }: Trace, lot: Lot): boolean {
  const { signer, target, call, args } = command;
  if (ref !== command.ref || transaction.from !== signer) return false;
  switch (event.type) {
    case "recorded":
      return call === "setRecords" && contract === lot.deployment?.registry && args.record === event.record;
    case "issueCreated":
      return (
        call === "createIssue" &&
        args.termsHash === event.termsHash &&
        args.cap === event.cap.toString() &&
        args.policy === event.policy &&
        args.issuerRole === event.issuerRole.toString()
      );
    case "entry":
      return (
        contract === target &&
        [entryOf[call]].flat().includes(event.kind) &&
        (args.units === undefined || args.units === event.units.toString())
      );
    default:
      return false;
  }
}
