import type { Queryable } from "../sql/connection.ts";
import type { Command } from "./outbox.ts";
import { actsOn, waitsInLane } from "./waiting.ts";

/** What waits in a lane of one class for one contract; within it commands go in the order in which they came. */
export interface Stream {
  /** A smaller number is more urgent. */
  priority: number;
  target: string | null;
}

/** The first of a lane's waiting commands in the order of the queue's index, whose row has `what`. */
const first = (what: string, where: string): string => `(
  select c.${what} from command c where c.signer = $1 and ${waitsInLane("c")} and ${where}
  order by c.priority, c.target, c.id limit 1)`;

/**
 * The streams of a lane, most urgent first. Each costs a probe or two of the index, however many commands wait: in the
 * index's whole order, since for a `min` PostgreSQL reads all that wait where it believes that hardly any does.
 */
export async function queuedStreams(db: Queryable, signer: string): Promise<Stream[]> {
  const result = await db.query<Stream>({
    name: "queued-streams",
    text: `with recursive class (priority) as (
        select ${first("priority", "true")}
        union all
        select ${first("priority", "c.priority > class.priority")} from class where class.priority is not null
      ), head (priority, target) as (
        select priority, ${first("target", "c.priority = class.priority and c.target is not null")}
        from class where priority is not null
        union all
        select priority, ${first("target", "c.priority = head.priority and c.target > head.target")}
        from head where head.target is not null
      )
      select priority, target from head where target is not null
      union all
      select priority, null from class
      where priority is not null and ${first("priority", "c.priority = class.priority and c.target is null")} is not null
      order by priority, target`,
    values: [signer],
  });
  return result.rows;
}

interface CommandRow extends Omit<Command, "operationId"> {
  operation_id: string;
}

/** The first commands of a lane that wait for one contract, so many of each class, in the order of the classes given. */
export async function queuedCommands(
  db: Queryable,
  signer: string,
  { target, priorities }: { target: string | null; priorities: readonly number[] },
  limit: number,
): Promise<Command[]> {
  const same = target === null ? "c.target is null and $4::text is null" : "c.target = $4";
  const result = await db.query<CommandRow>({
    name: target === null ? "queued-commands-null" : "queued-commands",
    text: `select q.* from unnest($2::smallint[]) with ordinality as p (priority, n)
      cross join lateral (
        select id, operation_id, call, target, ref, args, priority from command c
        where c.signer = $1 and ${waitsInLane("c")} and c.priority = p.priority and ${same}
        order by c.priority, c.target, c.id limit $3
      ) q order by p.n, q.id`,
    values: [signer, priorities, limit, target],
  });
  return result.rows.map(({ operation_id, ...row }) => ({ ...row, operationId: operation_id }));
}

/** An account or ref that commands of one batch touch. */
export interface Touched {
  key: string;
  /** One of them takes from the account or rules over it; else all only give to it. */
  acts: boolean;
  /** The last of them. */
  last: bigint;
}

/** The earliest commands that those must not overtake. */
export interface Earliest {
  key: string;
  inLane: bigint | null;
  /** For those that act on it. */
  elsewhere: bigint | null;
}

/** A batch's contract; commands without one (of the registry) count in all. */
export interface Within {
  target: string | null;
  /** The lane has other commands than those of one stream in their order: some of these may have been taken before others. */
  streams: boolean;
  /** Some of the lane's have no target. */
  records: boolean;
}

const acts = `${actsOn("c")} = m.key`;
const gives = "c.args->>'to' = m.key";
const waits = "c.signer = $1 and c.state = 'queued' and c.id < m.last and c.id <> all($6::bigint[])";
/** A command of another lane that no block holds yet. */
const holdsUp = `(c.state = 'queued' or (select t.state in ('stored', 'sent') from chain_tx t where t.id = c.chain_tx_id))
  and (select l.stopped_reason is null from lane l where l.signer = c.signer)`;
const earliest = (where: string) => `(select min(c.id) from command c where ${where})`;
const earliestInLane = (where: string) =>
  `(select c.id from command c where ${where} and ${waits} order by c.id limit 1)`;
const elsewhere = (of: string, side: "<" | ">") =>
  earliest(`${acts} and ${of} and c.signer ${side} $1 and c.state in ('queued', 'taken')
    and c.id < m.last and ${holdsUp}`);

/**
 * The earliest command of each account that a batch's commands must not overtake, other than these themselves. In one
 * lane whatever shares an account keeps its order; across lanes what takes from an account or rules over it, until a
 * block holds it (units that come in change nothing for it that its rules have counted on), and an account's records,
 * each of which is built on the one before it. A lane that has stopped holds up no other. One probe of an index each,
 * however many commands of the account wait.
 */
export async function earliestOf(
  db: Queryable,
  signer: string,
  touched: readonly Touched[],
  batch: readonly bigint[],
  { target, streams, records }: Within,
): Promise<Earliest[]> {
  const same = target === null ? "" : "and c.target = $2";
  const across = target === null ? "c.target is null and $2::text is null" : "c.target = $2";
  const probes = [
    ...(streams ? [`${acts} ${same}`, `${gives} ${same}`] : []),
    ...(streams && records && target !== null ? [`${acts} and c.target is null`] : []),
  ];
  const inLane = probes.length === 0 ? "null::bigint" : `least(${probes.map(earliestInLane).join(", ")})`;
  const result = await db.query<Earliest>({
    name: `earliest-${target === null}-${streams}-${records}`,
    text: `select * from (
        select m.key, ${inLane} as "inLane",
          case when m.acts then least(${elsewhere(across, "<")}, ${elsewhere(across, ">")}) end as elsewhere
        from unnest($3::text[], $4::boolean[], $5::bigint[]) as m (key, acts, last)
      ) found where "inLane" is not null or elsewhere is not null`,
    values: [
      signer,
      target,
      touched.map(({ key }) => key),
      touched.map((each) => each.acts),
      touched.map(({ last }) => last),
      ...(probes.length > 0 ? [batch] : []),
    ],
  });
  return result.rows;
}

/** Commands of the most urgent class in other lanes that no block holds yet: they name accounts that no index has. */
export async function urgentElsewhere(db: Queryable, signer: string, urgent: number): Promise<Command[]> {
  const result = await db.query<CommandRow>({
    name: `urgent-elsewhere-${urgent}`,
    // A number in the text: a plan for any class could not use the index of the legal one.
    text: `select id, operation_id, call, target, ref, args, priority from command c
      where c.priority = ${urgent} and c.state in ('queued', 'taken') and c.signer <> $1 and ${holdsUp}`,
    values: [signer],
  });
  return result.rows.map(({ operation_id, ...row }) => ({ ...row, operationId: operation_id }));
}

/** Makes commands as urgent as what waits for them. Waits for nobody: who is just taking one needs no telling. */
export async function promote(db: Queryable, ids: readonly bigint[], priority: number): Promise<void> {
  await db.query(
    `update command set priority = $2 from (
       select id from command where id = any($1) and state = 'queued' and priority > $2
       order by id for no key update skip locked
     ) waiting where command.id = waiting.id`,
    [ids, priority],
  );
}
