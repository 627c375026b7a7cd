import { setTimeout as sleep } from "node:timers/promises";
import type { OperationKind } from "@genbo/api-schema/operations";
import { queuedByLane } from "@genbo/database/outbox/outbox";
import type { Pool } from "@genbo/database/sql/connection";
import type { Log } from "@genbo/domain/log";
import { ProblemError } from "../http/problem.ts";

/** How much waits to be sent, and whether more may be added. */
export interface OutboxLimit {
  /** @throws ProblemError OUTBOX_FULL where these rows do not fit, OUTBOX_SHARE where their party has too many already */
  admit(kind: OperationKind, rows: readonly { signer: string }[]): void;
  /** Rows that wait, as last counted, and those added since. */
  waiting(): number;
  close(): Promise<void>;
}

interface Limits {
  rowsMax: number;
  /** Of these for legal acts alone. */
  legalRows: number;
}

/** Cases, and the stop of an issue: they may not wait until somebody else's files have been sent. */
const legalKinds: ReadonlySet<OperationKind> = new Set(["case.approve", "change.pause"]);
/** How often the rows are counted: a count of half a million takes some 50 ms. Between two, what is added is added up. */
const countEveryMs = 2_000;
/** When to come back: the worker needs a few seconds to make room, or blocks must come again first. */
const headers = { "retry-after": "10" };

/**
 * Watches the outbox of all api processes; each adds what it has accepted itself since the last count. A party has a
 * signer and so a lane of its own, and may have as many rows waiting as there is room left: one alone gets half, each
 * further one half of what the others leave, and no number of them takes all.
 */
export function watchOutbox(pool: Pool, log: Log, { rowsMax, legalRows }: Limits): OutboxLimit {
  const closing = new AbortController();
  let lanes = new Map<string, number>();
  let total = 0;
  /** Since the count under way, or the last one, began. */
  let added = new Map<string, number>();
  const count = async () => {
    added = new Map();
    const counted = await queuedByLane(pool, rowsMax);
    for (const [signer, rows] of added) add(counted, signer, rows);
    lanes = counted;
    total = [...lanes.values()].reduce((sum, rows) => sum + rows, 0);
  };
  const loop = async () => {
    while (!closing.signal.aborted) {
      await count().catch((error: unknown) => log.debug("the outbox was not counted", { error }));
      await sleep(countEveryMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    waiting: () => total,
    admit: (kind, rows) => {
      const legal = legalKinds.has(kind);
      const room = legal ? rowsMax : rowsMax - legalRows;
      const left = room - total - rows.length;
      if (left < 0) throw full(total, room);
      const more = bySigner(rows);
      if (!legal) for (const [signer, count] of more) refuseShare((lanes.get(signer) ?? 0) + count, left);
      for (const [signer, count] of more) {
        add(lanes, signer, count);
        add(added, signer, count);
      }
      total += rows.length;
    },
    close: async () => {
      closing.abort();
      await looping;
    },
  };
}

const add = (counts: Map<string, number>, signer: string, rows: number): void =>
  void counts.set(signer, (counts.get(signer) ?? 0) + rows);

function bySigner(rows: readonly { signer: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { signer } of rows) add(counts, signer, 1);
  return counts;
}

const full = (total: number, room: number): ProblemError =>
  new ProblemError("OUTBOX_FULL", `${total} rows wait for the chain, and no more than ${room} may.`, {
    headers,
  });

function refuseShare(own: number, left: number): void {
  if (own <= left) return;
  const detail = `This party would have ${own} rows waiting for the chain, more than the ${left} that are left for all.`;
  throw new ProblemError("OUTBOX_SHARE", detail, { headers });
}
