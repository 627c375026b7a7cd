import type { MinedTransaction, OurTransaction } from "@genbo/database/outbox/mined";
import type { Outcome } from "@genbo/database/outbox/settle";
import type { TransferNews } from "@genbo/database/register/write-subjects";
import { refOfWallet } from "@genbo/domain/ids";
import { instantOf } from "@genbo/domain/instant-of";
import type { Log } from "@genbo/domain/log";
import type { FoldedLot } from "./fold-lot.ts";
import type { Lot } from "./lot.ts";
import type { Ours } from "./origins.ts";
import { settle } from "./outcomes.ts";
import { transferNews } from "./transfer-news.ts";

/** What a lot means for our transactions, commands, transfers and wallets. */
export interface SettledLot {
  mined: MinedTransaction[];
  outcomes: Outcome[];
  /** Operations that wait for the end of a quarantine. */
  waiting: string[];
  transfers: TransferNews[];
  /** Refs of transfers that never began. */
  transfersRefused: string[];
  walletsRegistered: string[];
  walletsRefused: string[];
}

export function settleLot(lot: Lot, folded: FoldedLot, ours: Ours, log: Log): SettledLot {
  const settled: SettledLot = {
    mined: [],
    outcomes: [],
    waiting: [],
    transfers: transferNews(folded, ours, lot.deployment?.settlement),
    transfersRefused: [],
    walletsRegistered: [...new Set(folded.registry.rows.map(({ wallet }) => wallet))],
    walletsRefused: [],
  };
  const entered = enteredRefs(folded, ours);
  const rejected = rejectedRows(folded);
  const isQuarantined = quarantineAfter(lot, folded);
  for (const block of lot.blocks) {
    for (const transaction of block.transactions) {
      const own = ours.get(transaction.hash);
      if (own === undefined || !concerns(lot, own)) continue;
      settled.mined.push({ hash: own.hash, blockNumber: block.number, reverted: !transaction.succeeded });
      const { outcomes, waiting, lost } = settle(own, {
        transaction,
        blockTime: instantOf(block.time),
        entered: entered.get(own.hash) ?? new Set(),
        rejected: rejected.get(own.hash) ?? new Map(),
        revertCode: lot.facts.revertCodes.get(own.hash),
        isQuarantined,
      });
      if (lost.length > 0) {
        const { hash, call } = own;
        log.error("commands left no trace, though their transaction succeeded", {
          hash,
          call,
          rows: lost.length,
        });
      }
      settled.outcomes.push(...outcomes);
      settled.waiting.push(...waiting);
      noteRefused(settled, own, outcomes);
    }
  }
  return settled;
}

function concerns({ only, deployment }: Lot, { commands }: OurTransaction): boolean {
  if (only === undefined) return true;
  const [first] = commands;
  return (first?.target ?? (first?.call === "setRecords" ? deployment?.registry : undefined)) === only;
}

const beginsTransfer = new Set(["requestTransfers", "custodiedTransfer", "createDvpHolds", "relayRequest"]);

/** A transfer that never began, a wallet that never was recorded. */
function noteRefused(settled: SettledLot, own: OurTransaction, outcomes: readonly Outcome[]): void {
  const byId = new Map(own.commands.map((command) => [command.id, command]));
  for (const { commandId, state } of outcomes) {
    const command = byId.get(commandId);
    if (state === "entered" || command === undefined) continue;
    if (command.call === "setRecords") settled.walletsRefused.push(`0x${command.ref.slice(26)}`);
    if (beginsTransfer.has(command.call)) settled.transfersRefused.push(command.ref);
  }
}

/** By transaction of ours: refs of what entered. */
function enteredRefs(folded: FoldedLot, ours: Ours): Map<string, Set<string>> {
  const refs = new Map<string, Set<string>>();
  const add = (hash: string, ref: string) => {
    if (!ours.has(hash)) return;
    const own = refs.get(hash);
    if (own === undefined) refs.set(hash, new Set([ref]));
    else own.add(ref);
  };
  for (const { txHash, ref } of folded.issues.flatMap(({ lines }) => lines)) add(txHash, ref);
  for (const { txHash, wallet } of folded.registry.rows) add(txHash, refOfWallet(wallet));
  for (const placed of folded.logs) {
    if ("event" in placed && placed.event.type === "issueCreated")
      add(placed.transaction.hash, placed.event.ref);
  }
  return refs;
}

/** By transaction: codes of the rows that were skipped. */
function rejectedRows(folded: FoldedLot): Map<string, Map<number, number>> {
  const rows = new Map<string, Map<number, number>>();
  for (const placed of folded.logs) {
    if (!("event" in placed) || placed.event.type !== "rejected") continue;
    const { hash } = placed.transaction;
    const own = rows.get(hash) ?? new Map<number, number>();
    rows.set(hash, own.set(placed.event.row, placed.event.code));
  }
  return rows;
}

/** What is under quarantine once the lot is folded: what was before, and what broke in it. */
function quarantineAfter(lot: Lot, folded: FoldedLot): (target: string | null, call: string) => boolean {
  const quarantined = new Set([...lot.quarantined, ...folded.faults.map(({ issueId }) => issueId)]);
  return (target, call) => {
    if (target === null) return call === "setRecords" && quarantined.has(null);
    const issue = folded.byToken.get(target);
    return issue !== undefined && quarantined.has(issue.id);
  };
}
