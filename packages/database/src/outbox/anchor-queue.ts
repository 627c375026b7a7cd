import { newId, refOf } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { zeroWord } from "@genbo/domain/words";
import { inVain } from "../commands/operation-progress.ts";
import { type Pool, type Transaction, withTransaction } from "../sql/connection.ts";
import { anchorTriesMax, refusedRoots } from "./anchor-refusals.ts";
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
  /** Number of that root on chain. */
  standsVersion: number | null;
  /** The chain has had this root before, and somebody put another over it. */
  again: boolean;
  /** The operation that has published it, where it stands already: a chain that went back got it again. */
  sentBy: string | null;
  /** How often the chain refused it. */
  tries: number;
  /** What publishes the roots of one issue, kind and day. */
  subject: string;
  trusteeId: string;
  signer: string;
}

/** Roots that wait for their first try, and those whose next one is due: each pause is six times the one before. */
const due = `select issue_id, kind, day, version, 0 as tries from register_root
  where operation_id is null and root <> '${zeroWord}'
  union all
  select issue_id, kind, day, version, tries from (${refusedRoots}) r
  where tries < ${anchorTriesMax}
    and (tries = 0 or updated_at + make_interval(mins => power(6, tries - 1)::integer) <= $2)`;

/** Whether the chain has the root of a row, whatever was put over it since. */
const onChain = (row: string): string => `exists (select 1 from anchor h
  where h.issue_id = ${row}.issue_id and h.kind = ${row}.kind and h.day = ${row}.day and h.root = ${row}.root)`;

/** Roots queued in one transaction. */
const rootsMax = 100;

/**
 * Puts roots that nobody has asked to publish into the outbox, oldest day first, each as an operation of the issue's
 * trustee; the next root of a day only once the one before has ended, since it names what stands. The operation is named
 * after the root itself: whoever comes to the same root again, after a crash or after the chain went back, finds it there.
 * One that the chain refused is tried again, with what stands on chain by then, until people have to look; one that
 * stands there already, whoever sent it, is not sent at all.
 * @returns how many were waiting
 */
export const queueAnchors = (pool: Pool, now: Date): Promise<number> =>
  withTransaction(pool, async (tx) => {
    const waiting = await tx.query<WaitingRoot>(
      `select r.issue_id as "issueId", i.ref as "issueRef", r.kind, r.day, r.version, r.root, a.root as stands,
         a.version as "standsVersion", ${onChain("r")} as again, s.id as "sentBy", k.subject,
         p.id as "trusteeId", p.signer, d.tries
       from (${due}) d join register_root r using (issue_id, kind, day, version)
       join issue i on i.id = r.issue_id
       join party p on p.id = i.trustee_id
       cross join lateral (select r.issue_id || ':' || r.kind || ':' || r.day as subject) k
       left join lateral (
         select root, version from anchor where issue_id = r.issue_id and kind = r.kind and day = r.day
         order by version desc limit 1
       ) a on true
       left join lateral (
         select o.id from operation o join command c on c.operation_id = o.id
         where a.root = r.root and o.subject_id = k.subject and c.args ->> 'root' = r.root order by o.id desc limit 1
       ) s on true
       where p.signer is not null and (a.root is distinct from r.root or s.id is not null)
         and not exists (
           select 1 from operation o where o.subject_id = k.subject and o.state not in ('entered', 'refused', 'failed'))
         and not exists (
           select 1 from register_root b where b.issue_id = r.issue_id and b.kind = r.kind and b.day = r.day
             and b.version < r.version and b.operation_id is null and b.root <> '${zeroWord}' and not ${onChain("b")})
         and not exists (
           select 1 from register_root l where l.issue_id = r.issue_id and l.kind = r.kind and l.day = r.day
             and l.version > r.version and (l.operation_id is not null or ${onChain("l")}))
       order by r.day, r.kind, r.version limit $1 for no key update of r skip locked`,
      [rootsMax, now],
    );
    for (const root of waiting.rows)
      await (root.stands === root.root ? publishedBy(tx, root, root.sentBy!) : queue(tx, root, now));
    if (waiting.rows.length > 0) await tx.query("select pg_notify($1, '')", [commandChannel]);
    return waiting.rows.length;
  });

/** The number of the try, over all breaks: none for the first. */
async function refusalsOf(tx: Transaction, { subject }: WaitingRoot): Promise<number[]> {
  const found = await tx.query<{ refused: number }>(
    `select count(*)::integer as refused from operation where subject_id = $1 and state in ${inVain}`,
    [subject],
  );
  const { refused } = found.rows[0]!;
  return refused === 0 ? [] : [refused];
}

async function queue(tx: Transaction, root: WaitingRoot, now: Date): Promise<void> {
  const { issueId, kind, day, version } = root;
  // A refused try keeps its name: the next one has another, and a third process comes to the same.
  const name = ["anchor", issueId, kind, day, version, root.root, ...(await refusalsOf(tx, root))];
  if (root.again) name.push(`over ${root.standsVersion}`);
  const ref = refOf(name.join(":"));
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
  const made = await tx.query<{ id: string }>("select id from operation where ref = $1", [ref]);
  await publishedBy(tx, root, made.rows[0]!.id);
}

async function publishedBy(
  tx: Transaction,
  { issueId, kind, day, version }: WaitingRoot,
  operationId: string,
): Promise<void> {
  await tx.query(
    `update register_root set operation_id = $5
     where issue_id = $1 and kind = $2 and day = $3 and version = $4`,
    [issueId, kind, day, version, operationId],
  );
}
