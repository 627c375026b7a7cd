import { closeChanges } from "../issues/issue-changes.ts";
import { closeCases } from "../legal/cases-settle.ts";
import { closeCustodyChanges } from "../legal/custody-changes-settle.ts";
import type { Transaction } from "../sql/connection.ts";
import { together } from "../sql/together.ts";
import type { EndedOperation } from "./ended.ts";

/** How a command ended. */
export interface Outcome {
  commandId: bigint;
  operationId: string;
  state: EndedOperation["state"];
  /** Number of a refusal (`packages/domain/src/refusals.ts`); 0 for what entered. */
  code: number;
  /** Block time of what entered. */
  enteredAt?: Date;
}

export interface SettleOptions {
  now: Date;
  /** The stable name of a refusal's number. */
  codeName(code: number): string;
}

/**
 * Writes how commands ended and counts them on their operations. An operation ends with its last row: entered when
 * any row was, else as its last row was and with that row's code. Each command may be given once only.
 */
export async function settleCommands(
  tx: Transaction,
  outcomes: readonly Outcome[],
  options: SettleOptions,
): Promise<EndedOperation[]> {
  if (outcomes.length === 0) return [];
  const [, ended] = await together(
    tx.query(
      `update command set state = t.state, code = nullif(t.code, 0)
       from unnest($1::bigint[], $2::text[], $3::smallint[]) as t (id, state, code) where command.id = t.id`,
      [
        outcomes.map((each) => each.commandId),
        outcomes.map((each) => each.state),
        outcomes.map((each) => each.code),
      ],
    ),
    countOutcomes(tx, outcomes, options),
  );
  await closeCases(tx, ended, options.codeName);
  await closeCustodyChanges(tx, ended, options.codeName);
  await closeChanges(tx, ended);
  return ended;
}

interface OperationCount {
  id: string;
  entered: number;
  refused: number;
  /** The last outcome that did not enter, else the last one. */
  last: Outcome;
  /** Perfection: when the last row entered. */
  enteredAt: Date | null;
}

function countByOperation(outcomes: readonly Outcome[]): OperationCount[] {
  const counts = new Map<string, OperationCount>();
  for (const outcome of outcomes) {
    const { operationId: id } = outcome;
    const count = counts.get(id) ?? { id, entered: 0, refused: 0, last: outcome, enteredAt: null };
    counts.set(id, count);
    if (outcome.state === "entered") {
      count.entered += 1;
      const { enteredAt = null } = outcome;
      if (count.enteredAt === null || (enteredAt !== null && count.enteredAt < enteredAt))
        count.enteredAt = enteredAt;
    } else {
      count.refused += 1;
      count.last = outcome;
    }
  }
  return [...counts.values()];
}

/**
 * Rows enter over several lots, and the last of them may not enter at all, so each lot raises the time at which the
 * operation entered. Only the indexer may write it, and only it knows block times.
 */
async function countOutcomes(
  tx: Transaction,
  outcomes: readonly Outcome[],
  { now, codeName }: SettleOptions,
): Promise<EndedOperation[]> {
  const counts = countByOperation(outcomes);
  // The worker, which settles what was never sent, may not name this column.
  const hasEntered = counts.some(({ enteredAt }) => enteredAt !== null);
  const result = await tx.query<EndedOperation>(
    `with locked as (
       select id, rows, rows_entered, rows_refused from operation where id = any($1) order by id for no key update
     ), counted as (
       select l.id, l.rows_entered + t.entered as entered, l.rows_refused + t.refused as refused, t.state, t.code, t.entered_at,
         l.rows_entered + l.rows_refused + t.entered + t.refused >= l.rows as ended
       from locked l join unnest($1::text[], $2::integer[], $3::integer[], $4::text[], $5::text[], $7::timestamptz[])
         as t (id, entered, refused, state, code, entered_at) on t.id = l.id
     ), written as (
       update operation o set
         rows_entered = c.entered,
         rows_refused = c.refused,
         state = case when not c.ended then o.state when c.entered > 0 then 'entered' else c.state end,
         code = case when c.ended and c.entered = 0 then c.code else o.code end,
         ${hasEntered ? "entered_at = greatest(o.entered_at, c.entered_at)," : ""}
         updated_at = $6
       from counted c where c.id = o.id
       returning o.*, c.ended
     )
     select id, party_id as "partyId", kind, state, code, issue_id as "issueId", subject_id as "subjectId",
       rows_entered as "rowsEntered", rows_refused as "rowsRefused"
     from written where ended order by id`,
    [
      counts.map((each) => each.id),
      counts.map((each) => each.entered),
      counts.map((each) => each.refused),
      counts.map((each) => each.last.state),
      counts.map((each) => codeName(each.last.code)),
      now,
      counts.map((each) => each.enteredAt?.toISOString() ?? null),
    ],
  );
  return result.rows;
}
