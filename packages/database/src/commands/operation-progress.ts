import { Prisma } from "../generated/client.ts";

/** Stored states of what has not ended. How far it has come beyond that is read (ADR 0040). */
export const underWay = "('accepted', 'mined')";

/** Stored states of what has ended and entered nothing. */
export const inVain = "('refused', 'failed')";

/** What is read of an accepted operation: none of its rows has a transaction; one is stored; a node has one. */
const progresses: ReadonlySet<string> = new Set(["accepted", "queued", "sent"]);

/** State and time of the last change of operation `o`: of an accepted one, how far its transactions have come. */
export const progressOf = Prisma.sql`select
    case when sent_at is not null then 'sent' when stored_at is not null then 'queued' else o.state end as state,
    greatest(coalesce(sent_at, stored_at), o.updated_at) as updated_at
  from (
    select min(x.created_at) as stored_at,
      min(coalesce(x.sent_at, x.created_at)) filter (where x.state <> 'stored') as sent_at
    from command c join chain_tx x on x.id = c.chain_tx_id where c.operation_id = o.id and o.state = 'accepted'
  ) of_its_transactions`;

/** Whether operation `o` with its progress `p` is in a state. What is under way is sought among open commands only. */
export const inState = (state: string): Prisma.Sql =>
  progresses.has(state)
    ? Prisma.sql`o.state = 'accepted' and p.state = ${state}
        and o.id in (select operation_id from command where state in ('queued', 'taken'))`
    : Prisma.sql`o.state = ${state}`;
