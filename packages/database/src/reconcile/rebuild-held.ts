import { zeroWord } from "@genbo/domain/words";
import { catchingUp } from "../register/breaks-write.ts";
import { replayIssue } from "../register/replay.ts";
import { dueCloses, dueLists } from "../register/roots.ts";
import { dropLinesAfter } from "../register/write-registry.ts";
import type { Transaction } from "../sql/connection.ts";
import { newFirst, newSchema } from "./rebuild-tables.ts";

/** Runs `act` with bare names meaning the live tables. */
export async function onLive<T>(tx: Transaction, act: () => Promise<T>): Promise<T> {
  await tx.query("set local search_path = public");
  const done = await act();
  await tx.query(`set local search_path = ${newFirst.join(", ")}`);
  return done;
}

export interface HeldBack {
  /** What a break holds or held; null is the registry. */
  held: Set<string | null>;
  /** Of them: where the new register has less than had entered the live one. */
  short: Set<string | null>;
}

/**
 * Takes the new register back to what has entered the live one, where a break holds an issue or the registry (null) or
 * held it: the rest enters the live register with its events and the ends of its operations, once the break is closed.
 */
export async function holdBack(tx: Transaction): Promise<HeldBack> {
  const held = await onLive(tx, () => catchingUp(tx));
  const short = new Set<string | null>();
  if (held.has(null) && (await holdRegistryBack(tx))) short.add(null);
  const issueIds = [...held].filter((id) => id !== null);
  for (const issueId of issueIds) if (await holdIssueBack(tx, issueId)) short.add(issueId);
  await dropUnmade(tx, "record_date_list", "record_date_id, version", issueIds);
  await dropUnmade(tx, "register_root", "issue_id, kind, day, version", issueIds);
  await keepRepeatedRoots(tx);
  return { held, short };
}

/**
 * A root that superseded a foreign or a lost one on the chain says the same as the first: reading the chain again, that
 * one is enough, and what was published stays.
 */
async function keepRepeatedRoots(tx: Transaction): Promise<void> {
  await tx.query(
    `insert into ${newSchema}.register_root select l.* from public.register_root l
     where exists (select 1 from ${newSchema}.anchor a where a.issue_id = l.issue_id and a.kind = l.kind and a.day = l.day
         and a.version = l.version and a.root = l.root)
       and exists (select 1 from ${newSchema}.register_root r where r.issue_id = l.issue_id and r.kind = l.kind
         and r.day = l.day and r.root = l.root and r.seq = l.seq and r.head = l.head)
     on conflict do nothing`,
  );
}

/** @returns whether the new register has less than the live one */
async function holdIssueBack(tx: Transaction, issueId: string): Promise<boolean> {
  const found = await tx.query<{ live: bigint; built: bigint }>(
    `select greatest(coalesce((select seq from public.issue_state where issue_id = $1), 0),
         coalesce((select max(seq) from public.entry where issue_id = $1), 0)) as live,
       coalesce((select seq from ${newSchema}.issue_state where issue_id = $1), 0) as built`,
    [issueId],
  );
  const { live, built } = found.rows[0]!;
  if (built > live) {
    await tx.query(`delete from ${newSchema}.entry where issue_id = $1 and seq > $2`, [issueId, live]);
    await replayIssue(tx, issueId);
  }
  return built < live;
}

/** The live indexer freezes lists and makes roots of a held issue when it goes on, and tells of them. */
async function dropUnmade(
  tx: Transaction,
  table: string,
  keys: string,
  issueIds: readonly string[],
): Promise<void> {
  await tx.query(
    `delete from ${newSchema}.${table} where issue_id = any($1)
       and (${keys}) not in (select ${keys} from public.${table} where issue_id = any($1))`,
    [issueIds],
  );
}

/** @returns whether the new register has less than the live one */
async function holdRegistryBack(tx: Transaction): Promise<boolean> {
  const found = await tx.query<{ live: bigint; built: bigint }>(
    `select greatest(coalesce((select max(seq) from public.registry_record), 0),
         coalesce((select registry_seq from public.chain_cursor), 0)) as live,
       (select registry_seq from ${newSchema}.chain_cursor) as built`,
  );
  const { live, built } = found.rows[0]!;
  await dropLinesAfter(tx, "seq", Number(live));
  await tx.query(
    `update ${newSchema}.chain_cursor set
       registry_seq = coalesce((select max(seq) from ${newSchema}.registry_record), 0),
       registry_head = coalesce((select head from ${newSchema}.registry_record order by seq desc limit 1), $1)`,
    [zeroWord],
  );
  return built < live;
}

/** Leaves roots out that the live indexer has not come to yet: it makes them within seconds. */
export async function dropDueRoots(tx: Transaction): Promise<void> {
  const due = await onLive(tx, async () => [...(await dueLists(tx)), ...(await dueCloses(tx))]);
  for (const { issueId, kind, day } of due) {
    await tx.query(
      `delete from ${newSchema}.register_root r where issue_id = $1 and kind = $2 and day >= $3
         and not exists (select 1 from public.register_root l where l.issue_id = r.issue_id and l.kind = r.kind
           and l.day = r.day and l.version = r.version)`,
      [issueId, kind, day],
    );
  }
}
