import type { Command, Operation, Prisma, PrismaClient } from "../generated/client.ts";

/** Which operations a party sees: its own, those on issues that it is trustee of, or all. */
export type OperationView = { as: "party" | "trustee"; partyId: string } | { as: "everything" };

const visible = (view: OperationView): Prisma.OperationWhereInput => {
  if (view.as === "everything") return {};
  if (view.as === "party") return { partyId: view.partyId };
  return { OR: [{ partyId: view.partyId }, { issue: { trusteeId: view.partyId } }] };
};

export interface OperationFilter {
  state?: string | undefined;
  kind?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Operations, newest first; one more than `limit`, if there are more. */
export const listOperations = (
  prisma: PrismaClient,
  view: OperationView,
  filter: OperationFilter,
): Promise<Operation[]> =>
  prisma.operation.findMany({
    where: {
      AND: [
        visible(view),
        filter.state === undefined ? {} : { state: filter.state },
        filter.kind === undefined ? {} : { kind: filter.kind },
        filter.cursor === undefined ? {} : { id: { lt: filter.cursor } },
      ],
    },
    orderBy: { id: "desc" },
    take: filter.limit + 1,
  });

export const findOperation = (
  prisma: PrismaClient,
  view: OperationView,
  id: string,
): Promise<Operation | null> => prisma.operation.findFirst({ where: { AND: [{ id }, visible(view)] } });

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
