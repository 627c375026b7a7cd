import type { Transaction } from "./connection.ts";

/** How a command ended. */
export interface Outcome {
  commandId: bigint;
  operationId: string;
  state: "entered" | "refused" | "failed";
  /** Number of a refusal (`packages/domain/src/refusals.ts`); 0 for what entered. */
  code: number;
}

/** An operation whose last row has ended. */
export interface EndedOperation {
  id: string;
  partyId: string;
  kind: string;
  state: "entered" | "refused" | "failed";
  code: string | null;
  issueId: string | null;
  subjectId: string | null;
  rowsEntered: number;
  rowsRefused: number;
}

export interface SettleOptions {
  now: Date;
  /** Block time: when the rows entered. The worker, which enters nothing, leaves it out. */
  enteredAt?: Date;
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
  await tx.query(
    `update command set state = t.state, code = nullif(t.code, 0)
     from unnest($1::bigint[], $2::text[], $3::smallint[]) as t (id, state, code) where command.id = t.id`,
    [
      outcomes.map((each) => each.commandId),
      outcomes.map((each) => each.state),
      outcomes.map((each) => each.code),
    ],
  );
  return countOutcomes(tx, outcomes, options);
}

interface OperationRow {
  id: string;
  party_id: string;
  kind: string;
  state: EndedOperation["state"];
  code: string | null;
  issue_id: string | null;
  subject_id: string | null;
  rows_entered: number;
  rows_refused: number;
}

async function countOutcomes(
  tx: Transaction,
  outcomes: readonly Outcome[],
  { now, enteredAt, codeName }: SettleOptions,
): Promise<EndedOperation[]> {
  const counts = countByOperation(outcomes);
  const enteredAtSet =
    enteredAt === undefined
      ? ""
      : ", entered_at = case when d.ended and d.rows_entered > 0 then $7 else o.entered_at end";
  const result = await tx.query<OperationRow>(
    `with locked as (
       select id, rows, rows_entered, rows_refused from operation where id = any($1) order by id for update
     ), delta as (
       select l.id, l.rows_entered + t.entered as rows_entered, l.rows_refused + t.refused as rows_refused, t.state, t.code,
         l.rows_entered + l.rows_refused + t.entered + t.refused >= l.rows as ended
       from locked l join unnest($1::text[], $2::integer[], $3::integer[], $4::text[], $5::text[])
         as t (id, entered, refused, state, code) on t.id = l.id
     ), counted as (
       update operation o set
         rows_entered = d.rows_entered,
         rows_refused = d.rows_refused,
         state = case when not d.ended then o.state when d.rows_entered > 0 then 'entered' else d.state end,
         code = case when d.ended and d.rows_entered = 0 then d.code else o.code end,
         updated_at = $6${enteredAtSet}
       from delta d where d.id = o.id
       returning o.*, d.ended
     )
     select id, party_id, kind, state, code, issue_id, subject_id, rows_entered, rows_refused from counted where ended
     order by id`,
    [
      counts.map((each) => each.id),
      counts.map((each) => each.entered),
      counts.map((each) => each.refused),
      counts.map((each) => each.last.state),
      counts.map((each) => codeName(each.last.code)),
      now,
      ...(enteredAt === undefined ? [] : [enteredAt]),
    ],
  );
  return result.rows.map(({ party_id, issue_id, subject_id, rows_entered, rows_refused, ...row }) => ({
    ...row,
    partyId: party_id,
    issueId: issue_id,
    subjectId: subject_id,
    rowsEntered: rows_entered,
    rowsRefused: rows_refused,
  }));
}

interface OperationCount {
  id: string;
  entered: number;
  refused: number;
  /** The last outcome that did not enter, else the last one. */
  last: Outcome;
}

function countByOperation(outcomes: readonly Outcome[]): OperationCount[] {
  const counts = new Map<string, OperationCount>();
  for (const outcome of outcomes) {
    const { operationId: id } = outcome;
    const count = counts.get(id) ?? { id, entered: 0, refused: 0, last: outcome };
    counts.set(id, count);
    if (outcome.state === "entered") count.entered += 1;
    else {
      count.refused += 1;
      count.last = outcome;
    }
  }
  return [...counts.values()];
}
