import type { BreakKind } from "@genbo/database/register/break-kinds";
import type { RegistryRow } from "@genbo/database/register/write-registry";
import { refOfWallet } from "@genbo/domain/ids";
import { decodeRecord } from "@genbo/domain/registry-record";
import { headAfterRecord } from "@genbo/register/head";
import type { Fault } from "./fold-issue.ts";
import type { Placed, PlacedEvent } from "./lot-logs.ts";
import type { Origins } from "./origins.ts";

export interface FoldedRegistry {
  rows: RegistryRow[];
  seq: number;
  head: string;
  fault: Fault | undefined;
}

/** Custodian ids that the register's column holds; the admin gives them from 1 up. */
const custodianMax = 2 ** 31 - 1;

/**
 * Folds the registry's logs. `HeadMoved` ends each batch and says number and head; lines of a batch whose head is
 * another than the recomputed one do not enter.
 */
export function foldRegistry(
  start: { seq: number; head: string },
  logs: readonly PlacedEvent[],
  origins: Origins,
): FoldedRegistry {
  const rows: RegistryRow[] = [];
  let { seq, head } = start;
  let batch: RegistryRow[] = [];
  const faulty = (placed: Placed, kind: BreakKind, message: string): FoldedRegistry => ({
    rows,
    seq,
    head,
    fault: { kind, message, placed, nextSeq: seq + 1 },
  });
  for (const placed of logs) {
    if ("undecodable" in placed) return faulty(placed, "REGISTRY_BAD_PAYLOAD", placed.undecodable);
    const { event } = placed;
    if (event.type === "headMoved") {
      if (event.seq <= seq) {
        batch = [];
        continue;
      }
      const lines = chained({ seq, head }, batch);
      const last = lines.at(-1);
      if (last?.seq !== event.seq)
        return faulty(placed, "REGISTRY_GAP", `line ${event.seq} does not follow ${seq}`);
      if (last.head !== event.head)
        return faulty(placed, "REGISTRY_HEAD_DIFFERS", `the head after line ${event.seq}`);
      rows.push(...lines);
      seq = event.seq;
      head = event.head;
      batch = [];
    } else if (event.type === "recorded") {
      if (decodeRecord(event.record).custodian > custodianMax) {
        return faulty(placed, "REGISTRY_BAD_PAYLOAD", "the custodian's id is larger than the register keeps");
      }
      batch.push(lineOf(placed, event, origins));
    }
  }
  const [open] = logs.slice(-1);
  if (batch.length > 0 && open !== undefined) return faulty(open, "REGISTRY_GAP", "lines without a head");
  return { rows, seq, head, fault: undefined };
}

function chained(start: { seq: number; head: string }, batch: readonly RegistryRow[]): RegistryRow[] {
  let { seq, head } = start;
  return batch.map((line) => {
    seq += 1;
    head = headAfterRecord(head, { ...line, seq });
    return { ...line, seq, head };
  });
}

function lineOf(
  { block, transaction, log }: Placed,
  { wallet, record, particulars }: { wallet: string; record: string; particulars: string },
  origins: Origins,
): RegistryRow {
  const command = origins.commandOf(transaction.hash, refOfWallet(wallet));
  return {
    seq: 0,
    head: "",
    wallet,
    record,
    particulars,
    operationId: command?.operationId ?? null,
    block: { number: block.number, hash: block.hash, time: block.time },
    logIndex: log.index,
    txHash: transaction.hash,
  };
}
