import type { TransferNews, TransferState } from "@genbo/database/register/write-subjects";
import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { decodeHold, zeroAddress } from "@genbo/domain/words";
import type { ChainEntry } from "@genbo/register/state";
import type { EnteredLine } from "./fold-issue.ts";
import type { FoldedLot } from "./fold-lot.ts";
import type { Ours } from "./origins.ts";

/**
 * What a lot says of transfers and of the units of settlements. A ref alone says nothing: whoever has a wallet may put
 * any ref into an entry of his own.
 * @param settlement the Settlement contract, in whose hands the units of a settlement are
 */
export function transferNews(folded: FoldedLot, ours: Ours, settlement: string | undefined): TransferNews[] {
  const isOwnMove = ownMoves(ours);
  return folded.issues.flatMap(({ issue, lines }) => {
    const news = new Map<string, TransferNews>();
    for (const line of lines) {
      const next = isOwnMove(line)
        ? movedAtOnce(issue.id, line)
        : ofHold(issue.id, line, {
            settlement,
            call: ours.get(line.txHash)?.call,
            before: news.get(line.ref),
          });
      if (next !== undefined) news.set(line.ref, next);
    }
    return [...news.values()];
  });
}

/** Whether a line that moves units at once was made by a command of ours that bears its ref. */
function ownMoves(ours: Ours): (line: EnteredLine) => boolean {
  const refs = new Map<string, Set<string>>();
  return ({ kind, txHash, ref }) => {
    if (kind !== entryKinds.TRANSFER) return false;
    const own = ours.get(txHash);
    if (own?.call !== "custodiedTransfer") return false;
    const known = refs.get(txHash) ?? new Set(own.commands.map((command) => command.ref));
    refs.set(txHash, known);
    return known.has(ref);
  };
}

const movedAtOnce = (issueId: string, { ref }: EnteredLine): TransferNews => ({
  issueId,
  ref,
  state: "entered",
  cause: "command",
  forSettlement: false,
  from: zeroAddress,
  to: zeroAddress,
  units: 0n,
});

function ofHold(
  issueId: string,
  { kind, ref, hold }: EnteredLine,
  of: { settlement: string | undefined; call: string | undefined; before: TransferNews | undefined },
): TransferNews | undefined {
  if (hold === undefined || of.before?.cause === "command") return undefined;
  const state = stateAfter(kind, of.call);
  const forSettlement = isForSettlement(hold, of.settlement);
  if (state === undefined || forSettlement === undefined) return undefined;
  if (of.before !== undefined) return { ...of.before, state };
  const cause = kind === entryKinds.HOLD_CREATED ? "creation" : "hold";
  const { from, to, units } = hold;
  return { issueId, ref, state, cause, forSettlement, from, to, units };
}

/** Undefined for a hold that is neither a request nor in the hands of the Settlement contract. */
function isForSettlement({ data }: ChainEntry, settlement: string | undefined): boolean | undefined {
  const { kind, controller } = decodeHold(data);
  if (kind === holdKinds.REQUEST) return false;
  return kind === holdKinds.DVP && controller === settlement ? true : undefined;
}

function stateAfter(kind: number, call: string | undefined): TransferState | undefined {
  switch (kind) {
    case entryKinds.HOLD_CREATED:
      return "held";
    case entryKinds.HOLD_ACCEPTED:
      return "accepted";
    case entryKinds.HOLD_EXECUTED:
      return "entered";
    case entryKinds.HOLD_RELEASED:
      return call === "rejectTransfers" ? "rejected" : "cancelled";
    default:
      return undefined;
  }
}
