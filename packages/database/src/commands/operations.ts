import { type Command, type Operation, Prisma, type PrismaClient } from "../generated/client.ts";
import { idsInProgress, isProgress, withProgress } from "./operation-progress.ts";

/** Which operations a party sees: its own, those on issues that it is trustee of, or all. */
export type OperationView = { as: "party" | "trustee"; partyId: string } | { as: "everything" };

const visible = (view: OperationView): Prisma.OperationWhereInput => {
  if (view.as === "everything") return {};
  if (view.as === "party") return { partyId: view.partyId };
  return { OR: [{ partyId: view.partyId }, { issue: { trusteeId: view.partyId } }] };
};

/** The same of `o`, with what a list asks for. */
const visibleSql = (view: OperationView, kind: string | undefined, cursor: string | undefined): Prisma.Sql =>
  Prisma.join(
    [
      ...(view.as === "party" ? [Prisma.sql`o.party_id = ${view.partyId}`] : []),
      ...(view.as === "trustee"
        ? [
            Prisma.sql`(o.party_id = ${view.partyId} or exists (
              select 1 from issue i where i.id = o.issue_id and i.trustee_id = ${view.partyId}))`,
          ]
        : []),
      ...(kind === undefined ? [] : [Prisma.sql`o.kind = ${kind}`]),
      ...(cursor === undefined ? [] : [Prisma.sql`o.id < ${cursor}`]),
      Prisma.sql`true`,
    ],
    " and ",
  );

export interface OperationFilter {
  state?: string | undefined;
  kind?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Operations, newest first; one more than `limit`, if there are more. */
export async function listOperations(
  prisma: PrismaClient,
  view: OperationView,
  { state, kind, cursor, limit }: OperationFilter,
): Promise<Operation[]> {
  const among =
    state !== undefined && isProgress(state)
      ? {
          id: {
            in: await idsInProgress(prisma, {
              state,
              where: visibleSql(view, kind, cursor),
              limit: limit + 1,
            }),
          },
        }
      : { ...(state !== undefined && { state }), ...(cursor !== undefined && { id: { lt: cursor } }) };
  const found = await prisma.operation.findMany({
    where: { AND: [visible(view), among, kind === undefined ? {} : { kind }] },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  return withProgress(prisma, found);
}

export async function findOperation(
  prisma: PrismaClient,
  view: OperationView,
  id: string,
): Promise<Operation | null> {
  const found = await prisma.operation.findFirst({ where: { AND: [{ id }, visible(view)] } });
  return found === null ? null : (await withProgress(prisma, [found]))[0]!;
}

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

/** A row as reads give it. */
export type OperationRow = Operation;
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
