import { urgencyOf } from "@genbo/chain/urgency";
import { type SettlementRow, unsettled } from "@genbo/database/issues/settlements";
import { queueSettling } from "@genbo/database/issues/settlements-settle";
import { findParty } from "@genbo/database/parties/parties";
import { withTransaction } from "@genbo/database/sql/connection";
import { isDatabaseUnavailable } from "@genbo/database/sql/unavailable";
import { type Background, startBackground } from "@genbo/domain/background";
import { newId, refOf } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import { isServed } from "./settlement-rules.ts";
import { settleCommand, unitsIn, wantsOfRow } from "./settlements.ts";

/** Notifications of entries can be lost, and settlement days begin without one. */
const lookEveryMs = 1_000;
/** Read at once. */
const batchMax = 100;

/**
 * Asks the chain to settle what waits for nothing any more: the api alone may put commands into the outbox. Anybody may
 * settle; the lane is that of the broker that offered. What the chain refuses is left to the sides (`settleNow`).
 */
export const startSettler = (ctx: ApiContext): Background =>
  startBackground(lookEveryMs, async () => {
    await settleDue(ctx).catch((error: unknown) => {
      if (isDatabaseUnavailable(error))
        ctx.log.warn("the database does not answer", { error: String(error) });
      // Nobody else looks at it: it goes on.
      else ctx.log.error("settlements were not put up", { error });
    });
    return false;
  });

async function settleDue(ctx: ApiContext): Promise<void> {
  const now = ctx.clock.now();
  let queued = 0;
  let after = "";
  for (;;) {
    const rows = await unsettled(ctx.pool, ctx.prisma, { now, after, limit: batchMax });
    for (const row of rows) if (await settled(ctx, row, now)) queued += 1;
    if (rows.length < batchMax) break;
    // What waits at the front keeps none behind it from its turn.
    after = rows.at(-1)!.id;
  }
  if (queued > 0) ctx.notifyCommands();
}

/** Whether it was put up; one that cannot be is looked at again, and the others do not wait for it. */
async function settled(ctx: ApiContext, row: SettlementRow, now: Date): Promise<boolean> {
  if (wantsOfRow(row, now).length > 0) return false;
  try {
    if (await isServed(ctx.pool, unitsIn(row))) return false;
    return await settle(ctx, row, now);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    ctx.log.error("a settlement could not be put up", { settlement: row.id, error });
    return false;
  }
}

async function settle(ctx: ApiContext, row: SettlementRow, at: Date): Promise<boolean> {
  const broker = await findParty(ctx.prisma, row.partyId);
  const id = newId("op", at);
  const command = settleCommand(row, broker!.signer!);
  const priority = urgencyOf(command.call, 1);
  const operation = {
    id,
    ref: refOf(id),
    partyId: row.partyId,
    kind: "settlement.settle",
    issueId: row.legs.find(({ kind }) => kind === "UNITS")!.issueId,
    subjectId: row.id,
    maker: row.maker,
    checker: row.checker,
    requestId: row.id,
    traceparent: null,
    at,
  };
  return withTransaction(ctx.pool, (tx) => queueSettling(tx, row.id, operation, [{ ...command, priority }]));
}
