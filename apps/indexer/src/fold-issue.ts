import type { EntryEvent } from "@genbo/chain/events";
import type { MinedCommand } from "@genbo/database/outbox/mined";
import type { BreakKind } from "@genbo/database/register/break-kinds";
import type { EntryRow } from "@genbo/database/register/write";
import type { Figures } from "@genbo/database/register/write-load";
import type { KnownIssue } from "@genbo/database/register/write-subjects";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { advance } from "@genbo/register/fold";
import { FoldError } from "@genbo/register/fold-error";
import type { ChainEntry, PartialState } from "@genbo/register/state";
import type { PersonOf } from "@genbo/register/step";
import type { Placed, PlacedEvent } from "./lot-logs.ts";
import { type Origins, originOf } from "./origins.ts";

/** Why an issue's line, or the registry's, does not go on. */
export interface Fault {
  kind: BreakKind;
  message: string;
  placed: Placed;
  /** The number that the register still expects. */
  nextSeq: number;
}

export interface FoldedPart {
  rows: EntryRow[];
  /** Entries from here on are not in the register. */
  fault: Fault | undefined;
}

/** What is kept of an entry until its lot is written (`foldIssues`). */
export interface EnteredLine {
  kind: number;
  ref: string;
  txHash: string;
  /** The whole entry, where it makes, changes the state of, or ends a hold. */
  hold: ChainEntry | undefined;
}

export interface FoldedIssue {
  issue: KnownIssue;
  /** What the lot found, and what it leaves. */
  before: Figures;
  after: Figures;
  lines: readonly EnteredLine[];
  /** Whether a line says something of the past. */
  corrects: boolean;
  fault: Fault | undefined;
}

/** The entries among an issue's logs: not copied, since a lot's copies outlive the young half of the heap. */
export function* entriesOf(logs: readonly PlacedEvent[]): Generator<EntryEvent> {
  for (const placed of logs) if ("event" in placed && placed.event.type === "entry") yield placed.event;
}

/**
 * Folds an issue's logs into `state`, which moves on. Stops at the first one that cannot be true.
 * @param logs of the issue's token, in order; entries that the state has already are passed over
 */
export function foldIssue(
  issue: KnownIssue,
  state: PartialState,
  logs: readonly PlacedEvent[],
  personOf: PersonOf,
  origins: Origins,
): FoldedPart {
  const rows: EntryRow[] = [];
  const faulty = (placed: Placed, kind: BreakKind, message: string): FoldedPart => ({
    rows,
    fault: { kind, message, placed, nextSeq: state.seq + 1 },
  });
  let last: { transaction: string; command: MinedCommand } | undefined;
  for (const placed of logs) {
    if ("undecodable" in placed) return faulty(placed, "BAD_PAYLOAD", placed.undecodable);
    const { event, block, transaction } = placed;
    if (event.type !== "entry") continue;
    // What a waiting attachment takes follows the line that freed it, and bears its own ref: it is of the same command.
    const freed = event.kind === entryKinds.HOLD_CHANGED && last?.transaction === transaction.hash;
    const command = origins.commandOf(transaction.hash, event.ref) ?? (freed ? last?.command : undefined);
    if (command !== undefined) last = { transaction: transaction.hash, command };
    if (event.seq <= state.seq) continue;
    try {
      const step = advance(state, toEntry(event, block.time), personOf);
      rows.push({ issueId: issue.id, step, origin: originOf(placed, command) });
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      return faulty(placed, error.fault, error.message);
    }
  }
  return { rows, fault: undefined };
}

/** Field by field: a rest and a spread of each entry took a tenth of the fold's time. */
function toEntry(event: EntryEvent, blockTime: number): ChainEntry {
  const { seq, kind, basis, units, from, to, ref, data, head } = event;
  return { seq, kind, basis, units, from, to, ref, data, head, blockTime };
}
