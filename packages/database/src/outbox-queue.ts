import type { Queryable } from "./connection.ts";
import type { Command } from "./outbox.ts";

/** What waits in a lane of one class for one contract; within it commands go in the order in which they came. */
export interface Stream {
  /** A smaller number is more urgent. */
  priority: number;
  target: string | null;
}

/** The streams of a lane, most urgent first. Each costs a probe or two of the index, however many commands wait. */
export async function queuedStreams(db: Queryable, signer: string): Promise<Stream[]> {
  const result = await db.query<Stream>({
    name: "queued-streams",
    text: `with recursive class (priority) as (
        select min(priority) from command where signer = $1 and state = 'queued'
        union all
        select (select min(c.priority) from command c
          where c.signer = $1 and c.state = 'queued' and c.priority > class.priority)
        from class where class.priority is not null
      ), head (priority, target) as (
        select priority, (select min(c.target) from command c
          where c.signer = $1 and c.state = 'queued' and c.priority = class.priority)
        from class where priority is not null
        union all
        select priority, (select min(c.target) from command c
          where c.signer = $1 and c.state = 'queued' and c.priority = head.priority and c.target > head.target)
        from head where head.target is not null
      )
      select priority, target from head where target is not null
      union all
      select priority, null from class where priority is not null and exists (select 1 from command c
        where c.signer = $1 and c.state = 'queued' and c.priority = class.priority and c.target is null)
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
        where c.signer = $1 and c.state = 'queued' and c.priority = p.priority and ${same}
        order by c.priority, c.target, c.id limit $3
      ) q order by p.n, q.id`,
    values: [signer, priorities, limit, target],
  });
  return result.rows.map(({ operation_id, ...row }) => ({ ...row, operationId: operation_id }));
}

/** A command with what it touches. */
export interface Touching {
  id: bigint;
  target: string | null;
  /** Accounts that it takes from or rules over; its ref where it names none. */
  acts: readonly string[];
  /** Accounts that it gives to. */
  gives: readonly string[];
}

/** An earlier command without which a later one of the same account must not go. */
export interface Blocker {
  id: bigint;
  blocked: bigint;
}

/** What a command acts on, as the index `command_acts` has it. */
const acts = "coalesce(c.args->>'from', c.args->>'account', c.args->>'wallet', c.ref)";
/** Contracts know nothing of each other, but a record in the registry counts in all of them. */
const sameContract = "(c.target = m.target or c.target is null or m.target is null)";

/**
 * Earlier commands that these must not overtake, other than these themselves. In one lane whatever shares an account
 * keeps its order; across lanes what takes from an account or rules over it, until a block holds it (units that come
 * in change nothing for it that its rules have counted on). A lane that has stopped holds up no other.
 * @param withinLane whether the lane has anything that these may have been taken before
 */
export async function blockersOf(
  db: Queryable,
  signer: string,
  commands: readonly Touching[],
  withinLane: boolean,
): Promise<Blocker[]> {
  const keys = commands.flatMap(({ id, target, acts: on, gives }) => [
    ...on.map((key) => ({ id, target, key, acts: true })),
    ...(withinLane ? gives.map((key) => ({ id, target, key, acts: false })) : []),
  ]);
  const given = withinLane
    ? `union all
       select c.id from command c where c.args->>'to' = m.key and c.state = 'queued' and c.signer = $1
         and c.id < m.id and ${sameContract}`
    : "";
  const result = await db.query<Blocker>({
    name: withinLane ? "blockers-within" : "blockers",
    text: `select distinct b.id, m.id as blocked
      from unnest($2::bigint[], $3::text[], $4::text[], $5::boolean[]) as m (id, target, key, acts)
      cross join lateral (
        select c.id from command c where ${acts} = m.key and c.state in ('queued', 'taken')
          and c.id < m.id and ${sameContract}
          and case when c.signer = $1 then c.state = 'queued' else m.acts and ${holdsUp} end
        ${given}
      ) b where b.id <> all($6::bigint[])`,
    values: [
      signer,
      keys.map(({ id }) => id),
      keys.map(({ target }) => target),
      keys.map(({ key }) => key),
      keys.map((each) => each.acts),
      commands.map(({ id }) => id),
    ],
  });
  return result.rows;
}

/** A command of another lane that no block holds yet. */
const holdsUp = `(c.state = 'queued' or (select t.state in ('stored', 'sent') from chain_tx t where t.id = c.chain_tx_id))
  and (select l.stopped_reason is null from lane l where l.signer = c.signer)`;

/** Commands of the most urgent class in other lanes that no block holds yet: they name accounts that no index has. */
export async function urgentElsewhere(db: Queryable, signer: string, urgent: number): Promise<Command[]> {
  const result = await db.query<CommandRow>({
    name: "urgent-elsewhere",
    text: `select id, operation_id, call, target, ref, args, priority from command c
      where c.priority = $2 and c.state in ('queued', 'taken') and c.signer <> $1 and ${holdsUp}`,
    values: [signer, urgent],
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
