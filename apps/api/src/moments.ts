import { type Position, positionOf } from "@genbo/database/register-read-position";
import { dayOfIso, jstDay, lastInstantOf } from "@genbo/domain/jst";
import type { ApiContext } from "./context.ts";
import { ProblemError } from "./problem.ts";
import type { AsOfWire } from "./reads.ts";
import { headAt } from "./reads.ts";

/** Query parameters that say which state of the register is asked for. */
export interface MomentQuery {
  asOf?: Date | string | undefined;
  knownAt?: Date | string | undefined;
  minBlock?: number | undefined;
  /** The end of this block. */
  block?: number | undefined;
}

/** A day counts to its end, 24:00 JST. */
export const instantOf = (moment: Date | string): Date =>
  typeof moment === "string" ? lastInstantOf(dayOfIso(moment)!) : moment;

/** The state of an issue's register that is asked for. @throws ProblemError REGISTER_BEHIND, AS_OF_IN_FUTURE */
export async function positionFor(ctx: ApiContext, issueId: string, query: MomentQuery): Promise<Position> {
  const { minBlock = query.block, block } = query;
  if (minBlock !== undefined) await headAt(ctx, Math.max(minBlock, block ?? 0));
  else if (query.asOf !== undefined) await hasCome(ctx, query.asOf);
  const position = await positionOf(ctx.pool, issueId, {
    ...(query.asOf !== undefined && { asOf: instantOf(query.asOf) }),
    ...(query.knownAt !== undefined && { knownAt: instantOf(query.knownAt) }),
    ...(block !== undefined && { block }),
  });
  if (position === undefined)
    throw new ProblemError("REGISTER_BEHIND", "The register has read no block yet.");
  return position;
}

/**
 * What has not come yet would be answered with the present, and later with other bytes. A day that has begun counts;
 * the chain's clock may be ahead of this machine's.
 */
async function hasCome(ctx: ApiContext, moment: Date | string): Promise<void> {
  const isBy = (now: Date) => (typeof moment === "string" ? dayOfIso(moment)! <= jstDay(now) : moment <= now);
  if (isBy(ctx.clock.now())) return;
  const head = await headAt(ctx);
  if (head === null || !isBy(head.time))
    throw new ProblemError("AS_OF_IN_FUTURE", "The moment of asOf has not come yet.");
}

export const asOfPosition = ({ seq, block, hash, time }: Position): AsOfWire => ({
  seq,
  block,
  hash,
  time: time.toISOString(),
});
