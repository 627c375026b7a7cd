import type { ChainTransaction } from "@genbo/chain/blocks";
import type { MinedCommand, OurTransaction } from "@genbo/database/outbox/mined";
import type { Outcome } from "@genbo/database/outbox/settle";
import { refusal } from "@genbo/domain/refusals";

/** What the register knows of a transaction of ours once its block is folded. */
export interface MinedFacts {
  transaction: ChainTransaction;
  blockTime: Date;
  /** Refs of the entries and lines of this transaction that entered. */
  entered: ReadonlySet<string>;
  /** Codes of the rows that a contract skipped, by their place in the batch. */
  rejected: ReadonlyMap<number, number>;
  /** Refusal of the whole transaction, where it reverted. */
  revertCode: number | undefined;
  /** True for a target whose entries do not enter now. */
  isQuarantined(target: string | null, call: string): boolean;
}

export interface Settled {
  outcomes: Outcome[];
  /** Operations that wait for the end of a quarantine. */
  waiting: Set<string>;
  /** Commands that left no trace though their transaction succeeded. */
  lost: MinedCommand[];
}

/** Calls that write no entry: that the transaction succeeded is all there is to know. */
const withoutEntry = new Set([
  "grantRole",
  "setCustodian",
  "consentToMove",
  "anchor",
  "proposePolicy",
  "proposeRatio",
  "relayRevocation",
  "fund",
  "attest",
  "admitCash",
  "mintCash",
  "allowCash",
]);

/** How the commands of one of our transactions ended. */
export function settle(ours: OurTransaction, facts: MinedFacts): Settled {
  const settled: Settled = { outcomes: [], waiting: new Set(), lost: [] };
  for (const command of ours.commands) {
    if (!command.open) continue;
    const { id: commandId, operationId } = command;
    const code = refusalCode(command, facts);
    // A leg of cash that goes back is no line of a register; one of units is.
    const isSilent =
      withoutEntry.has(command.call) || (command.call === "giveBack" && command.target === null);
    if (code === 0 && (facts.entered.has(command.ref) || isSilent)) {
      settled.outcomes.push({ commandId, operationId, state: "entered", code, enteredAt: facts.blockTime });
    } else if (facts.isQuarantined(command.target, command.call)) {
      settled.waiting.add(operationId);
    } else if (code !== 0) {
      settled.outcomes.push({ commandId, operationId, state: "refused", code });
    } else {
      settled.lost.push(command);
      settled.outcomes.push({ commandId, operationId, state: "failed", code: refusal("REVERTED").number });
    }
  }
  return settled;
}

function refusalCode(command: MinedCommand, facts: MinedFacts): number {
  if (!facts.transaction.succeeded) return facts.revertCode ?? refusal("REVERTED").number;
  return facts.rejected.get(command.row) ?? 0;
}
