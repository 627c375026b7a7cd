import { inVain, underWay } from "../commands/operation-progress.ts";
import type { EndedOperation } from "../outbox/ended.ts";
import type { Transaction } from "../sql/connection.ts";

/** The operation that rewrites the records of an approved change; its subject is the change. */
export const custodyOperation = "custody.approve";

type Ended = Pick<EndedOperation, "id" | "kind" | "subjectId">;

/**
 * Closes the custody changes of ended operations. A customer whose every account moved is the receiving broker's from
 * now on; where an account was refused the customer stays, and its other accounts are kept by who the registry says. A
 * pledge that was not handed over, because it has ended meanwhile, holds up nobody.
 */
export async function closeCustodyChanges(
  tx: Transaction,
  ended: readonly Ended[],
  codeName: (code: number) => string,
): Promise<void> {
  for (const { id, subjectId } of ended.filter(({ kind }) => kind === custodyOperation)) {
    const found = await tx.query<{ code: number | null }>(
      `select code from command where operation_id = $1 and call = 'setRecords' and state in ${inVain}
       order by row limit 1`,
      [id],
    );
    const [refused] = found.rows;
    if (refused === undefined) {
      await tx.query("update custody_change set state = 'entered' where id = $1", [subjectId]);
      await handOver(tx, subjectId);
    } else {
      const code = codeName(refused.code ?? 0);
      await tx.query("update custody_change set state = 'refused', code = $2 where id = $1", [
        subjectId,
        code,
      ]);
    }
  }
}

/** A broker may have given a customer's number to somebody else meanwhile: then the change's id tells them apart. */
const numberAt = (broker: string, number: string): string => `${number} || case
  when exists (select 1 from investor o where o.broker_id = ${broker} and o.external_id = ${number} and o.id <> i.id)
  then ' ' || k.id else '' end`;

async function handOver(tx: Transaction, changeId: string | null): Promise<void> {
  await tx.query(
    `update investor i set broker_id = k.to_broker_id,
       external_id = ${numberAt("k.to_broker_id", "k.to_external_id")}
     from custody_change k where k.id = $1 and i.id = k.investor_id`,
    [changeId],
  );
  await tx.query(
    `update wallet w set broker_id = k.to_broker_id from custody_change k
     where k.id = $1 and (w.address = any(k.accounts) or (w.investor_id = k.investor_id and w.custody = 'SELF'))`,
    [changeId],
  );
}

/** Changes whose operations are under way again after a rollback: the customer is with its first broker again. */
export async function reopenCustodyChanges(tx: Transaction): Promise<void> {
  const reopened = await tx.query<{ id: string }>(
    `update custody_change k set state = 'approved', code = null from operation o
     where o.subject_id = k.id and o.kind = $1 and k.state in ('entered', 'refused')
       and o.state in ${underWay} returning k.id`,
    [custodyOperation],
  );
  const ids = reopened.rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await tx.query(
    `update investor i set broker_id = k.from_broker_id,
       external_id = ${numberAt("k.from_broker_id", "k.from_external_id")}
     from custody_change k where k.id = any($1) and i.id = k.investor_id and i.broker_id = k.to_broker_id`,
    [ids],
  );
  await tx.query(
    `update wallet w set broker_id = k.from_broker_id from custody_change k
     where k.id = any($1) and (w.address = any(k.accounts) or (w.investor_id = k.investor_id and w.custody = 'SELF'))`,
    [ids],
  );
}
