import { anchorKinds } from "@genbo/domain/anchors";
import { zeroWord } from "@genbo/domain/words";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { isQuarantined } from "./breaks.ts";

/** A root that is to be made: of the state of an issue's register just after entry `seq`. */
export interface DueRoot {
  issueId: string;
  kind: number;
  /** The JST day that closed, or the record date; ISO. */
  day: string;
  version: number;
  seq: bigint;
  head: string;
  /** Of a record date's list: the last entry that it knows of, and 24:00 JST of its day. */
  list: { knownSeq: bigint; closesAt: Date } | null;
  /** Of a correction: the root that the chain holds, as the version before. */
  anchored?: string;
}

/** 24:00 JST of a day, in SQL. */
const endOf = (day: string): string => `((${day} + 1)::timestamp at time zone 'Asia/Tokyo')`;

/**
 * The next close of each issue: of the first day after its last close on which something entered, once the chain has
 * passed 24:00 JST of it. An issue under quarantine waits until what its break held back has entered. Asked together
 * with how far the register has read: a break of a lot that passes 24:00 JST stands once the lot does.
 */
export async function dueCloses(db: Queryable): Promise<DueRoot[]> {
  const found = await db.query<Omit<DueRoot, "list">>({
    name: "roots-due-closes",
    text: `select s.issue_id as "issueId", ${anchorKinds.DAY_CLOSE} as kind, d.day::text as day, 1 as version, e.seq, e.head
      from issue_state s
      cross join chain_cursor c
      left join lateral (
        select max(day) as day from register_root where issue_id = s.issue_id and kind = ${anchorKinds.DAY_CLOSE}
      ) last on true
      cross join lateral (
        select (block_time at time zone 'Asia/Tokyo')::date as day from entry
        where issue_id = s.issue_id and block_time >= coalesce(${endOf("last.day")}, '-infinity')
        order by block_time limit 1
      ) d
      cross join lateral (
        select seq, head from entry where issue_id = s.issue_id and block_time < ${endOf("d.day")}
        order by block_time desc, seq desc limit 1
      ) e
      where c.block_time >= ${endOf("d.day")} and not ${isQuarantined("s.issue_id")}
      order by d.day, s.issue_id`,
  });
  return found.rows.map((row) => ({ ...row, list: null }));
}

/** Frozen lists of record dates without a root. Dates of one day share it, whatever their purpose. */
export async function dueLists(db: Queryable): Promise<DueRoot[]> {
  const found = await db.query<Omit<DueRoot, "list"> & NonNullable<DueRoot["list"]>>({
    name: "roots-due-lists",
    text: `select distinct on (l.issue_id, r.day, l.version) l.issue_id as "issueId",
        ${anchorKinds.RECORD_DATE} as kind, r.day::text as day, l.version, l.seq, l.head,
        l.known_seq as "knownSeq", r.closes_at as "closesAt"
      from record_date_list l join record_date r on r.id = l.record_date_id
      where not exists (
        select 1 from register_root o where o.issue_id = l.issue_id and o.kind = ${anchorKinds.RECORD_DATE}
          and o.day = r.day and o.version = l.version)
      order by l.issue_id, r.day, l.version`,
  });
  return found.rows.map(({ knownSeq, closesAt, ...row }) => ({ ...row, list: { knownSeq, closesAt } }));
}

/**
 * Days for which the chain holds a root that the register never came to: somebody else anchored it, or a local chain
 * lost the entries of that day and has them under a later one. The register's own root supersedes it, by name.
 */
export async function dueCorrections(db: Queryable): Promise<DueRoot[]> {
  const found = await db.query<Omit<DueRoot, "list">>({
    name: "roots-due-corrections",
    text: `select a.issue_id as "issueId", a.kind, a.day::text as day, a.version + 1 as version, a.root as anchored,
        coalesce(e.seq, 0) as seq, coalesce(e.head, $1) as head
      from anchor a
      left join lateral (
        select seq, head from entry where issue_id = a.issue_id and block_time < ${endOf("a.day")}
        order by block_time desc, seq desc limit 1
      ) e on true
      where a.kind = ${anchorKinds.DAY_CLOSE} and not ${isQuarantined("a.issue_id")}
        and not exists (select 1 from anchor b where b.issue_id = a.issue_id and b.kind = a.kind and b.day = a.day
          and b.version > a.version)
        and not exists (select 1 from register_root r where r.issue_id = a.issue_id and r.kind = a.kind
          and r.day = a.day and (r.root = a.root or r.version > a.version
            or (r.operation_id is null and r.root <> $1))) -- it waits to be published over that one
      order by a.day, a.issue_id`,
    values: [zeroWord],
  });
  return found.rows.map((row) => ({ ...row, list: null }));
}

/**
 * Writes a root that was made, unless the register has gone back below it meanwhile.
 * @returns whether it stands
 */
export async function insertRoot(tx: Transaction, due: DueRoot, root: string): Promise<boolean> {
  const done = await tx.query(
    `insert into register_root (issue_id, kind, day, version, seq, head, root, block_number)
     select $1, $2, $3, $4, $5::bigint, $6, $7, c.block_number from chain_cursor c
     where $5::bigint = 0 or exists (select 1 from entry where issue_id = $1 and seq = $5::bigint and head = $6)
     on conflict do nothing`,
    [due.issueId, due.kind, due.day, due.version, due.seq, due.head, root],
  );
  return done.rowCount === 1;
}

/**
 * Writes a root that the chain holds already where the register has none for it, or has another: that one was changed
 * since, or the register never came to it. Nothing is left to publish.
 * @returns whether it stands
 */
export async function adoptRoot(tx: Transaction, due: DueRoot, root: string): Promise<boolean> {
  if (await insertRoot(tx, due, root)) return true;
  const done = await tx.query(
    `update register_root set seq = $5::bigint, head = $6, root = $7
     where issue_id = $1 and kind = $2 and day = $3 and version = $4
       and ($5::bigint = 0 or exists (select 1 from entry where issue_id = $1 and seq = $5::bigint and head = $6))`,
    [due.issueId, due.kind, due.day, due.version, due.seq, due.head, root],
  );
  return done.rowCount === 1;
}

type RootKey = Pick<DueRoot, "issueId" | "kind" | "day" | "version">;

/**
 * Lists of record dates over which somebody else has put a root: the last version's is published once more, over that
 * one by name. What is under way, or was refused by the chain, is left to itself.
 */
export async function listsCoveredByOthers(db: Queryable): Promise<RootKey[]> {
  const found = await db.query<RootKey>({
    name: "lists-covered",
    text: `select r.issue_id as "issueId", r.kind, r.day::text as day, r.version
      from register_root r join operation o on o.id = r.operation_id and o.state = 'entered'
      cross join lateral (
        select root from anchor a where a.issue_id = r.issue_id and a.kind = r.kind and a.day = r.day
        order by a.version desc limit 1
      ) stands
      where r.kind = ${anchorKinds.RECORD_DATE} and r.root <> '${zeroWord}' and stands.root <> r.root
        and not exists (select 1 from register_root l where l.issue_id = r.issue_id and l.kind = r.kind
          and l.day = r.day and l.version > r.version)`,
  });
  return found.rows;
}

/** Has a root published that was published before. */
export async function republishRoot(
  tx: Transaction,
  { issueId, kind, day, version }: RootKey,
): Promise<void> {
  await tx.query(
    "update register_root set operation_id = null where issue_id = $1 and kind = $2 and day = $3 and version = $4",
    [issueId, kind, day, version],
  );
}

/** A root that was made, to be made again: its state is past, so it must come out the same. */
export interface MadeRoot extends DueRoot {
  root: string;
}

type MadeRow = Omit<MadeRoot, "list"> & { knownSeq: bigint | null; closesAt: Date | null };
const madeColumns = `r.issue_id as "issueId", r.kind, r.day::text as day, r.version, r.seq, r.head, r.root,
  l.known_seq as "knownSeq", l.closes_at as "closesAt"`;
const madeSources = `register_root r left join lateral (
    select l.known_seq, d.closes_at from record_date_list l join record_date d on d.id = l.record_date_id
    where r.kind = ${anchorKinds.RECORD_DATE} and l.issue_id = r.issue_id and l.version = r.version and d.day = r.day
    limit 1
  ) l on true`;
const madeOf = ({ knownSeq, closesAt, ...row }: MadeRow): MadeRoot => ({
  ...row,
  list: knownSeq === null || closesAt === null ? null : { knownSeq, closesAt },
});

/** Roots of older states that one reconciliation makes again. */
const olderRootsMax = 5;

/**
 * The roots to make again: those of states after entry `after`, and a few older ones, others in each `turn`, since to
 * make all of them each day would cost more with every day.
 */
export async function rootsToMakeAgain(
  db: Queryable,
  issueId: string,
  { after, turn }: { after: number; turn: string },
): Promise<MadeRoot[]> {
  const found = await db.query<MadeRow>({
    name: "roots-made",
    text: `with made as (
        select ${madeColumns}, greatest(r.seq, l.known_seq) > $2 as is_new from ${madeSources} where r.issue_id = $1)
      select "issueId", kind, day, version, seq, head, root, "knownSeq", "closesAt" from made where is_new
      union all (
        select "issueId", kind, day, version, seq, head, root, "knownSeq", "closesAt" from made where not is_new
        order by md5($3::text || day || kind || version) limit ${olderRootsMax})
      order by day, kind, version`,
    values: [issueId, after, turn],
  });
  return found.rows.map(madeOf);
}

/** The roots that these breaks name because they did not come out as they had been made. */
export async function rootsInBreaks(db: Queryable, breakIds: readonly string[]): Promise<MadeRoot[]> {
  const found = await db.query<MadeRow>(
    `select ${madeColumns} from ${madeSources}
     where exists (
       select 1 from register_break b cross join jsonb_array_elements(b.detail -> 'differences') d
       where b.id = any($1) and b.issue_id = r.issue_id and d ->> 'what' = 'root made'
         and d ->> 'register' like case r.kind when ${anchorKinds.DAY_CLOSE} then 'close ' else 'record date ' end
           || r.day || ', version ' || r.version || ': %')
     order by r.day, r.kind, r.version`,
    [breakIds],
  );
  return found.rows.map(madeOf);
}

/** Puts the right root in the place of one that was changed; if the chain has the wrong one, the right one is published over it. */
export async function correctRoot(tx: Transaction, made: MadeRoot, root: string): Promise<void> {
  await tx.query(
    `update register_root set root = $5, operation_id = null
     where issue_id = $1 and kind = $2 and day = $3 and version = $4 and root = $6`,
    [made.issueId, made.kind, made.day, made.version, root, made.root],
  );
}
