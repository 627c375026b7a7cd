import type { operation, operationRow } from "@genbo/api-schema/operations";
import {
  type CommandWithTx,
  findOperation,
  firstResults,
  listOperations,
  listRows,
  type OperationRow,
} from "@genbo/database/commands/operations";
import { refusalOf } from "@genbo/domain/refusals";
import type { z } from "zod";
import { operationView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { invalidField, notFound } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { waitsForWire } from "../wire/chain-state.ts";

type OperationWire = z.input<typeof operation>;
type RowWire = z.input<typeof operationRow>;

/** Rows in the answer of one operation; all of them are on pages of their own. */
const resultsMax = 100;

export const operationHandlers = (
  ctx: ApiContext,
): Handlers<"getOperation" | "listOperations" | "listOperationRows"> => ({
  getOperation: async ({ principal, params }) => {
    const asOf = await presentAsOf(ctx);
    const row = await findOperation(ctx.prisma, operationView(principal), params.id);
    if (row === null) throw notFound();
    const results = (await firstResults(ctx.prisma, row.id, resultsMax)).map(rowWire);
    return { status: 200, body: { ...operationWire(ctx, row), results, asOf } };
  },
  listOperations: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listOperations(ctx.prisma, operationView(principal), query);
    const page = pageOf(
      rows,
      query.limit,
      (row) => operationWire(ctx, row),
      ({ id }) => id,
    );
    return { status: 200, body: { ...page, asOf } };
  },
  listOperationRows: async ({ principal, params, query }) => {
    const asOf = await presentAsOf(ctx);
    const found = await findOperation(ctx.prisma, operationView(principal), params.id);
    if (found === null) throw notFound();
    const { state, cursor, limit } = query;
    const rows = await listRows(ctx.prisma, found.id, { state, after: rowAfter(cursor), limit });
    return { status: 200, body: { ...pageOf(rows, limit, rowWire, ({ row }) => String(row)), asOf } };
  },
});

const operationWire = ({ chain }: ApiContext, row: OperationRow): OperationWire => ({
  id: row.id,
  kind: row.kind as OperationWire["kind"],
  state: row.state,
  code: row.code,
  issueId: row.issueId,
  subjectId: row.subjectId,
  waitsFor: waitsForWire(chain.progress(), row.state),
  maker: row.maker,
  checker: row.checker,
  rows: row.rows,
  rowsEntered: row.rowsEntered,
  rowsRefused: row.rowsRefused,
  acceptedAt: row.acceptedAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  // Until the last row has ended it is that of the rows so far.
  enteredAt: row.state === "entered" ? (row.enteredAt?.toISOString() ?? null) : null,
});

const rowWire = (row: CommandWithTx): RowWire => ({
  row: row.row,
  state: row.state as RowWire["state"],
  code: row.code === null ? null : refusalOf(row.code).code,
  ref: row.ref,
  txHash: row.chainTx?.hash ?? null,
});

function rowAfter(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,9}$/.test(cursor)) throw invalidField("query/cursor", "is no cursor of this list");
  return Number(cursor);
}
