import { operationIdsAbout } from "@genbo/database/commands/operations";
import { findSettlement, listSettlements, settlementParts } from "@genbo/database/issues/settlements";
import { newId } from "@genbo/domain/ids";
import { settlementView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { notFound } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { draftSettlement, type Offer } from "../orders/settlement-offers.ts";
import { settlementWire } from "../wire/settlements.ts";

type Routes = "offerSettlement" | "listSettlements" | "getSettlement";

export const settlementHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  offerSettlement: (call) =>
    command(ctx, call, async (db) => offered(call, await draftSettlement(ctx, db, call))),
  listSettlements: async ({ principal, query, at }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listSettlements(ctx.prisma, settlementView(principal), query);
    return {
      status: 200,
      body: { ...pageOf(rows, query.limit, settlementWire(at), ({ id }) => id), asOf },
    };
  },
  getSettlement: async ({ principal, params, at }) => {
    const asOf = await presentAsOf(ctx);
    const row = await findSettlement(ctx.prisma, settlementView(principal), params.id);
    if (row === null) throw notFound();
    const operationIds = await operationIdsAbout(ctx.prisma, row.id);
    return { status: 200, body: { ...settlementWire(at)(row), operationIds, asOf } };
  },
});

function offered(
  { at }: CallOf<"offerSettlement">,
  { settlement, commands }: Offer,
): Outcome<CallOf<"offerSettlement">["route"]> {
  const operationId = newId("op", at);
  const issueId = settlement.legs.find(({ kind }) => kind === "UNITS")!.issueId!;
  return {
    answer: {
      status: 202,
      body: {
        operationId,
        state: "accepted",
        rows: commands.length,
        issueId,
        settlementId: settlement.id,
      },
    },
    target: settlement.id,
    detail: { legs: settlement.legs.length },
    writes: settlementParts(settlement),
    work: {
      operation: { id: operationId, kind: "settlement.offer", issueId, subjectId: settlement.id },
      commands,
    },
  };
}
