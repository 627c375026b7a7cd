import type { StateOfOperation } from "@genbo/domain/states";
import { type Command, type Operation, Prisma, type PrismaClient } from "../generated/client.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import type { Page } from "../sql/page.ts";
import { inState, progressOf } from "./operation-progress.ts";

/** Which operations a party sees: its own, those on issues that it is trustee of, or all. */
export type OperationView = { as: "party" | "trustee"; partyId: string } | { as: "everything" };

/** As reads give it: with how far it has come by now. */
export type OperationRow = Narrowed<
  Omit<Operation, "ref" | "partyId" | "requestId" | "traceparent">,
  { state: StateOfOperation }
>;

export interface OperationFilter extends Page {
  state?: string | undefined;
  kind?: string | undefined;
}

/** Operations, newest first; one more than `limit`, if there are more. */
export const listOperations = (
  prisma: PrismaClient,
  view: OperationView,
  { state, kind, cursor, limit }: OperationFilter,
): Promise<OperationRow[]> =>
  readOperations(prisma, limit + 1, [
    visible(view),
    ...(state === undefined ? [] : [inState(state)]),
    ...(kind === undefined ? [] : [Prisma.sql`o.kind = ${kind}`]),
    ...(cursor === undefined ? [] : [Prisma.sql`o.id < ${cursor}`]),
  ]);

export async function findOperation(
  prisma: PrismaClient,
  view: OperationView,
  id: string,
): Promise<OperationRow | null> {
  const [found] = await readOperations(prisma, 1, [Prisma.sql`o.id = ${id}`, visible(view)]);
  return found ?? null;
}

function visible(view: OperationView): Prisma.Sql {
  if (view.as === "everything") return Prisma.sql`true`;
  const own = Prisma.sql`o.party_id = ${view.partyId}`;
  if (view.as === "party") return own;
  return Prisma.sql`(${own} or exists (
    select 1 from issue i where i.id = o.issue_id and i.trustee_id = ${view.partyId}))`;
}

const readOperations = (
  prisma: PrismaClient,
  limit: number,
  conditions: Prisma.Sql[],
): Promise<OperationRow[]> =>
  prisma.$queryRaw<OperationRow[]>`
    select o.id, o.kind, p.state, o.code, o.issue_id as "issueId", o.subject_id as "subjectId", o.maker, o.checker,
      o.rows, o.rows_entered as "rowsEntered", o.rows_refused as "rowsRefused", o.accepted_at as "acceptedAt",
      p.updated_at as "updatedAt", o.entered_at as "enteredAt"
    from operation o cross join lateral (${progressOf}) p
    where ${Prisma.join(conditions, " and ")} order by o.id desc limit ${limit}`;

/** The operations about a thing, oldest first: of a transfer its request, acceptance and approval. */
export async function operationIdsAbout(prisma: PrismaClient, subjectId: string): Promise<string[]> {
  const found = await prisma.operation.findMany({
    where: { subjectId },
    orderBy: { id: "asc" },
    select: { id: true },
    take: 100,
  });
  return found.map(({ id }) => id);
}

export type CommandWithTx = Command & { chainTx: { hash: string } | null };

export interface RowFilter {
  state?: string | undefined;
  /** Rows after this one. */
  after?: number | undefined;
  limit: number;
}

/** Rows of an operation by their number; one more than `limit`, if there are more. */
export const listRows = (
  prisma: PrismaClient,
  operationId: string,
  { state, after, limit }: RowFilter,
): Promise<CommandWithTx[]> =>
  prisma.command.findMany({
    where: {
      operationId,
      ...(state !== undefined && { state }),
      ...(after !== undefined && { row: { gt: after } }),
    },
    include: { chainTx: { select: { hash: true } } },
    orderBy: { row: "asc" },
    take: limit + 1,
  });

/** The rows that say most: those that were refused or failed first, then the others by number. */
export async function firstResults(
  prisma: PrismaClient,
  operationId: string,
  limit: number,
): Promise<CommandWithTx[]> {
  const include = { chainTx: { select: { hash: true } } };
  const bad = { in: ["refused", "failed"] };
  const refused = await prisma.command.findMany({
    where: { operationId, state: bad },
    include,
    orderBy: { row: "asc" },
    take: limit,
  });
  if (refused.length === limit) return refused;
  const others = await prisma.command.findMany({
    where: { operationId, state: { notIn: bad.in } },
    include,
    orderBy: { row: "asc" },
    take: limit - refused.length,
  });
  return [...refused, ...others];
}
