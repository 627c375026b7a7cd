import { setImmediate as turn } from "node:timers/promises";
import type { NewEvent } from "@genbo/database/outbox/events-write";
import { createDerived, createLines, type EntryRow } from "@genbo/database/register/write";
import type { Figures, Touched } from "@genbo/database/register/write-load";
import type { KnownIssue } from "@genbo/database/register/write-subjects";
import type { Queryable } from "@genbo/database/sql/connection";
import type { RowsToWrite } from "@genbo/database/sql/copy-rows";
import { entryKinds } from "@genbo/domain/entry-kinds";
import type { PartialState } from "@genbo/register/state";
import { type EnteredLine, type Fault, type FoldedIssue, foldIssue } from "./fold-issue.ts";
import type { FoldMemory } from "./fold-memory.ts";
import type { PlacedEvent } from "./lot-logs.ts";
import { entryNotice, type Keepers } from "./notices.ts";
import type { Origins } from "./origins.ts";

/** A token's logs in a lot. */
export interface TokenLine {
  issue: KnownIssue;
  logs: PlacedEvent[];
  touched: Touched;
}

export interface FoldedIssues {
  issues: FoldedIssue[];
  /** Their lines, and what follows from these. */
  added: RowsToWrite[];
  entered: NewEvent[];
}

/** Logs that are folded before others of this process have their turn: some milliseconds. */
const logsPerTurn = 250;

/**
 * Folds the issues of a lot. Each entry becomes bytes of PostgreSQL's form at once: whole ones would outlive the young half
 * of the heap, and PostgreSQL would wait for them between two lots.
 */
export async function foldIssues(
  db: Queryable,
  tokens: readonly TokenLine[],
  { states, parties }: FoldMemory,
  origins: Origins,
  keepers: Keepers,
): Promise<FoldedIssues> {
  const loaded = await states.load(
    db,
    tokens.map(({ touched }) => touched),
    parties.personOf,
  );
  const [written, derived] = [createLines(), createDerived()];
  const entered: NewEvent[] = [];
  const issues: FoldedIssue[] = [];
  const add = (issue: KnownIssue, row: EntryRow) => {
    states.checkCounted(issue.id, row.step);
    written.add(row);
    derived.add(row);
    entered.push(entryNotice(issue, row, keepers));
  };
  for (const { issue, logs } of tokens) {
    const state = loaded.get(issue.id) as PartialState;
    const before = figuresOf(state);
    const lines: EnteredLine[] = [];
    let corrects = false;
    let fault: Fault | undefined;
    for (const part of partsOf(logs)) {
      const done = foldIssue(issue, state, part, parties.personOf, origins);
      for (const row of done.rows) {
        add(issue, row);
        const { entry, effect } = row.step;
        const { kind, ref } = entry;
        const isOfHold = kind >= entryKinds.HOLD_CREATED && kind <= entryKinds.HOLD_RELEASED;
        lines.push({ kind, ref, txHash: row.origin.txHash, hold: isOfHold ? entry : undefined });
        corrects ||= effect.corrects !== null || effect.effectiveOn !== null;
      }
      fault = done.fault;
      if (fault !== undefined) break;
      await turn();
    }
    issues.push({ issue, before, after: figuresOf(state), lines, corrects, fault });
  }
  return { issues, added: [written, derived], entered };
}

const figuresOf = ({ seq, head, units, holders, accounts, policy }: PartialState): Figures => ({
  seq,
  head,
  units,
  holders,
  accounts,
  policy,
});

/** Logs in parts that end with a transaction: lines of one may belong together. */
function* partsOf(logs: readonly PlacedEvent[]): Generator<readonly PlacedEvent[]> {
  let from = 0;
  for (let to = 1; to < logs.length; to += 1) {
    if (to - from < logsPerTurn || logs[to]!.transaction === logs[to - 1]!.transaction) continue;
    yield logs.slice(from, to);
    from = to;
  }
  yield logs.slice(from);
}
