import { inVain, underWay } from "../commands/operation-progress.ts";
import type { EndedOperation } from "../outbox/ended.ts";
import type { Transaction } from "../sql/connection.ts";

/** The operation that carries out an approved case; its subject is the case. */
export const caseOperation = "case.approve";

type Ended = Pick<EndedOperation, "id" | "kind" | "subjectId" | "rowsRefused">;

/**
 * Closes the cases of ended operations: entered when every row was, else refused with the first row's code. A request that
 * ended by itself was in nobody's way any more. An attachment that the chain refused is open again, since what was served
 * stays served (CEA 145(5)): another operation of it may be under way after a rollback, which then decides.
 */
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
     where operation_id = any($1) and state in ${inVain} and call <> 'rejectTransfers' order by operation_id, row`,
    [refused],
  );
  const codes = new Map(found.rows.map(({ id, code }) => [id, codeName(code ?? 0)]));
  await tx.query(
    `update legal_case k set code = t.code,
       state = case when t.code is null then 'entered' when k.kind = 'ATTACHMENT' then 'open' else 'refused' end,
       checker = case when ${opensAgain} then null else k.checker end,
       decided_at = case when ${opensAgain} then null else k.decided_at end
     from unnest($1::text[], $2::text[], $3::text[]) as t (id, operation, code)
     where k.id = t.id and k.state = 'approved' and (t.code is null or not exists (
       select 1 from operation o where o.subject_id = k.id and o.kind = $4 and o.id <> t.operation
         and o.state in ${underWay}))`,
    [
      cases.map(({ subjectId }) => subjectId),
      cases.map(({ id }) => id),
      cases.map(({ id }) => codes.get(id) ?? null),
      caseOperation,
    ],
  );
}

const opensAgain = "t.code is not null and k.kind = 'ATTACHMENT'";

/** Cases whose operations are under way again after a rollback, whatever was decided on what is lost. */
export async function reopenCases(tx: Transaction): Promise<void> {
  await tx.query(
    `update legal_case k set state = 'approved', code = null,
       checker = coalesce(k.checker, o.checker), decided_at = coalesce(k.decided_at, o.accepted_at)
     from operation o
     where o.subject_id = k.id and o.kind = $1 and k.state <> 'approved' and o.state in ${underWay}`,
    [caseOperation],
  );
}
