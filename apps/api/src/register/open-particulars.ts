import { unopenedReconciliations, writeOpened } from "@genbo/database/reconcile/reconciliations";
import { isDatabaseUnavailable } from "@genbo/database/sql/unavailable";
import { openHolders } from "@genbo/database/vault/check";
import { type Background, startBackground } from "@genbo/domain/background";
import type { ApiContext } from "../context.ts";

const lookEveryMs = 1_000;

/**
 * The api's part of a reconciliation: it alone has the vault's key. What the indexer has compared waits here for the
 * holders' particulars to be opened, and the indexer then says what both have found. Two processes may do the same work;
 * the first answer stays.
 */
export const startOpener = (ctx: ApiContext): Background =>
  startBackground(lookEveryMs, async () => {
    await openDue(ctx).catch((error: unknown) => {
      if (isDatabaseUnavailable(error))
        ctx.log.warn("the database does not answer", { error: String(error) });
      else ctx.log.error("particulars were not opened", { error });
    });
    return false;
  });

export async function openDue(ctx: Pick<ApiContext, "pool" | "vaultKeys">): Promise<void> {
  for (const each of await unopenedReconciliations(ctx.pool))
    await writeOpened(ctx.pool, each, await openHolders(ctx.pool, ctx.vaultKeys, each));
}
