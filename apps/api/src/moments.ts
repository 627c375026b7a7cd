import { type Position, positionOf } from "@genbo/database/register-read-position";
import { dayOfIso, lastInstantOf } from "@genbo/domain/jst";
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

/** The state of an issue's register that is asked for. @throws ProblemError REGISTER_BEHIND */
export async function positionFor(ctx: ApiContext, issueId: string, query: MomentQuery): Promise<Position> {
  const { minBlock = query.block, block } = query;
  if (minBlock !== undefined) await headAt(ctx, Math.max(minBlock, block ?? 0));
  const position = await positionOf(ctx.pool, issueId, {
    ...(query.asOf !== undefined && { asOf: instantOf(query.asOf) }),
    ...(query.knownAt !== undefined && { knownAt: instantOf(query.knownAt) }),
    ...(block !== undefined && { block }),
  });
  if (position === undefined)
    throw new ProblemError("REGISTER_BEHIND", "The register has read no block yet.");
  return position;
}

export const asOfPosition = ({ seq, block, hash, time }: Position): AsOfWire => ({
  seq,
  block,
  hash,
  time: time.toISOString(),
});
