import { inVain, underWay } from "../commands/operation-progress.ts";
import type { EndedOperation } from "../outbox/ended.ts";
import type { Transaction } from "../sql/connection.ts";

/** The operation that carries out an approved case; its subject is the case. */
export const caseOperation = "case.approve";

type Ended = Pick<EndedOperation, "id" | "kind" | "subjectId" | "rowsRefused">;

/** Closes the cases of ended operations: entered when every row was, else refused with the first row's code. */
export async function closeCases(
  tx: Transaction,
  ended: readonly Ended[],
  codeName: (code: number) => string,
): Promise<void> {
  const cases = ended.filter(({ kind, subjectId }) => kind === caseOperation && subjectId !== null);
  if (cases.length === 0) return;
  const refused = cases.filter(({ rowsRefused }) => rowsRefused > 0).map(({ id }) => id);
  const found = await tx.query<{ id: string; code: number | null }>(
    `select distinct on (operation_id) operation_id as id, code from command
     where operation_id = any($1) and state in ${inVain} order by operation_id, row`,
    [refused],
  );
  const codes = new Map(found.rows.map(({ id, code }) => [id, codeName(code ?? 0)]));
  await tx.query(
    `update legal_case set state = case when t.code is null then 'entered' else 'refused' end, code = t.code
     from unnest($1::text[], $2::text[]) as t (id, code) where legal_case.id = t.id`,
    [cases.map(({ subjectId }) => subjectId), cases.map(({ id }) => codes.get(id) ?? null)],
  );
}

/** Cases whose operations are under way again after a rollback. */
export async function reopenCases(tx: Transaction): Promise<void> {
  await tx.query(
    `update legal_case k set state = 'approved', code = null from operation o
     where o.subject_id = k.id and o.kind = $1 and k.state in ('entered', 'refused')
       and o.state in ${underWay}`,
    [caseOperation],
  );
}
