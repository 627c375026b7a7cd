import { newId, refOf } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { zeroWord } from "@genbo/domain/words";
import { type Pool, type Transaction, withTransaction } from "./connection.ts";
import { commandChannel } from "./outbox.ts";

interface WaitingRoot {
  issueId: string;
  issueRef: string;
  kind: number;
  day: string;
  version: number;
  root: string;
  /** The root that stands on chain; null before the first one. */
  stands: string | null;
  /** What publishes the roots of one issue, kind and day. */
  subject: string;
  trusteeId: string;
  signer: string;
}

/** Roots queued in one transaction. */
const rootsMax = 100;

/**
 * Puts roots that nobody has asked to publish into the outbox, oldest day first, each as an operation of the issue's
 * trustee; the next root of a day only once the one before has ended, since it names what stands. The operation is named
 * after the root itself: whoever comes to the same root again, after a crash or after the chain went back, finds it there.
 * @returns how many were waiting
 */
export const queueAnchors = (pool: Pool, now: Date): Promise<number> =>
  withTransaction(pool, async (tx) => {
    const waiting = await tx.query<WaitingRoot>(
      `select r.issue_id as "issueId", i.ref as "issueRef", r.kind, r.day, r.version, r.root, a.root as stands, k.subject,
         p.id as "trusteeId", p.signer
       from register_root r
       join issue i on i.id = r.issue_id
       join party p on p.id = i.trustee_id
       cross join lateral (select r.issue_id || ':' || r.kind || ':' || r.day as subject) k
       left join lateral (
         select root from anchor where issue_id = r.issue_id and kind = r.kind and day = r.day
         order by version desc limit 1
       ) a on true
       where r.operation_id is null and r.root <> '${zeroWord}' and p.signer is not null
         and not exists (
           select 1 from operation o where o.subject_id = k.subject and o.state not in ('entered', 'refused', 'failed'))
         and not exists (
           select 1 from register_root b where b.issue_id = r.issue_id and b.kind = r.kind and b.day = r.day
             and b.version < r.version and b.operation_id is null and b.root <> '${zeroWord}')
       order by r.day, r.kind, r.version limit $1 for no key update of r skip locked`,
      [rootsMax],
    );
    for (const root of waiting.rows) await queue(tx, root, now);
    if (waiting.rows.length > 0) await tx.query("select pg_notify($1, '')", [commandChannel]);
    return waiting.rows.length;
  });

async function queue(tx: Transaction, root: WaitingRoot, now: Date): Promise<void> {
  const { issueId, kind, day, version } = root;
  const ref = refOf(["anchor", issueId, kind, day, version, root.root].join(":"));
  const id = newId("op", now);
  const args = {
    subject: root.issueRef,
    kind,
    day: dayOfIso(day)!,
    root: root.root,
    supersedes: root.stands ?? zeroWord,
  };
  const { trusteeId, subject, signer } = root;
  await tx.query("select queue_anchor($1, $2, $3, $4, $5, $6, $7, $8, $9)", [
    ...[id, ref, refOf(id, 0), trusteeId, issueId, subject, signer, JSON.stringify(args), now],
  ]);
  await tx.query(
    `update register_root set operation_id = (select id from operation where ref = $5)
     where issue_id = $1 and kind = $2 and day = $3 and version = $4`,
    [issueId, kind, day, version, ref],
  );
}
