import { writeAudit } from "@genbo/database/commands/audit";
import { writeEvents } from "@genbo/database/outbox/events-write";
import type { TableDifference } from "@genbo/database/reconcile/rebuild-compare";
import { onLive } from "@genbo/database/reconcile/rebuild-held";
import { lockEvents } from "@genbo/database/reconcile/rebuild-switch";
import { quarantined } from "@genbo/database/register/breaks-write";
import { type Cursor, cursorOf } from "@genbo/database/register/cursor";
import { issueHeads } from "@genbo/database/register/heads";
import type { Transaction } from "@genbo/database/sql/connection";
import type { Log } from "@genbo/domain/log";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";

/** What a switch mended, by whom. */
export interface Told {
  actor: string;
  code: string;
  differences: readonly TableDifference[];
}

const tablesOf = (differences: readonly TableDifference[], issueId: string | null): Record<string, number> =>
  Object.fromEntries(
    differences.filter((each) => each.issueId === issueId).map(({ table, rows }) => [table, rows]),
  );

const issuesOf = (differences: readonly TableDifference[]): (string | null)[] => [
  ...new Set(differences.map(({ issueId }) => issueId)),
];

/** An audit row, and an event for each issue (and the registry) of which rows were replaced by others. */
export async function tellOfSwitch(
  tx: Transaction,
  { actor, code, differences }: Told,
  { blockNumber, blockHash, blockTime: at }: Cursor,
  now: Date,
): Promise<void> {
  const issues = issuesOf(differences);
  await writeEvents(
    tx,
    issues.map((issueId) => ({
      kind: "register.mended",
      issueId,
      partyIds: [],
      subjectId: null,
      data: { rows: tablesOf(differences, issueId) },
      blockNumber,
      at,
    })),
  );
  const mended = issues.map((issueId) => ({ issueId, rows: tablesOf(differences, issueId) }));
  await writeAudit(tx, {
    partyId: null,
    actor,
    action: "reindex",
    target: null,
    outcome: "done",
    purpose: null,
    detail: { block: blockNumber, hash: blockHash, code, mended },
    requestId: "reindex",
    at: now,
  });
}

/** Stops new entries of issues whose register differs, unless a break does so already. @returns the breaks' ids */
export function openReindexBreaks(
  tx: Transaction,
  differences: readonly TableDifference[],
  log: Log,
): Promise<string[]> {
  return onLive(tx, async () => {
    await lockEvents(tx);
    const { blockNumber, blockTime: at, registrySeq } = await cursorOf(tx);
    const held = await quarantined(tx);
    const heads = new Map((await issueHeads(tx)).map(({ issueId, seq }) => [issueId, seq]));
    const breakOf = (issueId: string | null): FoundBreak => {
      const own = differences.filter((each) => each.issueId === issueId);
      const seq = issueId === null ? registrySeq : (heads.get(issueId) ?? 0);
      const count = own.reduce((sum, { rows }) => sum + rows, 0);
      const detail = { count, differences: own };
      return { issueId, kind: "REINDEX", nextSeq: seq + 1, detail, logged: { count }, blockNumber, at };
    };
    const found = issuesOf(differences).filter((each) => !held.has(each));
    return openBreaks(tx, log, found.map(breakOf));
  });
}
