import { Prisma, type PrismaClient } from "../generated/client.ts";

/** Stored states of what has not ended. How far it has come beyond that is read (ADR 0040). */
export const underWay = "('accepted', 'mined')";

/** What is read of an accepted operation: none of its rows has a transaction; one is stored; a node has one. */
const progresses = ["accepted", "queued", "sent"] as const;
type Progress = (typeof progresses)[number];

export const isProgress = (state: string): state is Progress =>
  (progresses as readonly string[]).includes(state);

/** How far an operation's transactions have come: no row where it has none. */
const transactionsOf = (operation: Prisma.Sql) => Prisma.sql`select
    min(x.created_at) as stored_at,
    min(coalesce(x.sent_at, x.created_at)) filter (where x.state <> 'stored') as sent_at
  from command c join chain_tx x on x.id = c.chain_tx_id where c.operation_id = ${operation}`;

/** Sets state and time of the accepted ones among these to how far their transactions have come. */
export async function withProgress<Row extends { id: string; state: string; updatedAt: Date }>(
  prisma: PrismaClient,
  rows: readonly Row[],
): Promise<Row[]> {
  const ids = rows.filter(({ state }) => state === "accepted").map(({ id }) => id);
  if (ids.length === 0) return [...rows];
  const found = await prisma.$queryRaw<{ id: string; storedAt: Date; sentAt: Date | null }[]>`
    select o.id, p.stored_at as "storedAt", p.sent_at as "sentAt" from unnest(${ids}::text[]) as o (id)
    cross join lateral (${transactionsOf(Prisma.sql`o.id`)}) p where p.stored_at is not null`;
  const progress = new Map(found.map((each) => [each.id, each]));
  return rows.map((row) => {
    const its = progress.get(row.id);
    if (its === undefined) return row;
    const at = its.sentAt ?? its.storedAt;
    return {
      ...row,
      state: its.sentAt === null ? "queued" : "sent",
      updatedAt: new Date(Math.max(at.getTime(), row.updatedAt.getTime())),
    };
  });
}

export interface ProgressFilter {
  state: Progress;
  /** What else must hold of `o`. */
  where: Prisma.Sql;
  limit: number;
}

/** Ids of operations that have come so far, newest first: sought among those with open commands only. */
export async function idsInProgress(
  prisma: PrismaClient,
  { state, where, limit }: ProgressFilter,
): Promise<string[]> {
  const is = {
    accepted: Prisma.sql`p.stored_at is null`,
    queued: Prisma.sql`p.stored_at is not null and p.sent_at is null`,
    sent: Prisma.sql`p.sent_at is not null`,
  }[state];
  const found = await prisma.$queryRaw<{ id: string }[]>`
    select o.id from operation o cross join lateral (${transactionsOf(Prisma.sql`o.id`)}) p
    where o.id in (select operation_id from command where state in ('queued', 'taken'))
      and o.state = 'accepted' and ${is} and ${where}
    order by o.id desc limit ${limit}`;
  return found.map(({ id }) => id);
}
