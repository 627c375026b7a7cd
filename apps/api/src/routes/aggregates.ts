import { positionOf } from "@genbo/database/register/read-position";
import { createGate } from "@genbo/database/sql/gate";
import { cellHoldersMin } from "@genbo/domain/aggregates";
import { dayOf, isoOfDay, jstDay, lastInstantOf } from "@genbo/domain/jst";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { invalidField, ProblemError } from "../http/problem.ts";
import { hasRead, headAt } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { type Aggregates, aggregatesOf } from "../register/aggregates.ts";
import { asOfPosition } from "../register/moments.ts";

/** Past closes do not change; a few kilobytes each. */
const keptMax = 100;
const turnWaitMs = 20_000;

export const aggregateHandlers = (ctx: ApiContext): Handlers<"readAggregates"> => {
  const kept = new Map<string, Promise<Aggregates>>();
  // Each opens the address of every holder: one close after the other, however many are asked for.
  const inTurn = createGate(1, turnWaitMs);
  return {
    readAggregates: async ({ principal, params, query, at }) => {
      const issue = await issueFor(ctx, principal, params.id);
      await headAt(ctx, query.minBlock);
      // Closes alone: what moved within a day cannot be told by asking before and after it.
      const last = jstDay(at) - 1;
      const day = query.asOf ?? isoOfDay(last);
      if (dayOf(day) > last) throw invalidField("query/asOf", "has not ended");
      const asOf = lastInstantOf(dayOf(day));
      await hasRead(ctx, asOf);
      const position = await positionOf(ctx.pool, issue.id, { asOf });
      if (position === undefined)
        throw new ProblemError("REGISTER_BEHIND", "The register has read no block yet.");
      // Classes, addresses and brokers change between the entries of an issue.
      const key = `${issue.id} ${position.head} ${day}`;
      const found = kept.get(key) ?? inTurn(() => aggregatesOf(ctx, position));
      kept.set(key, found);
      found.catch(() => kept.delete(key));
      for (const oldest of kept.keys()) if (kept.size > keptMax) kept.delete(oldest);
      const body = {
        issueId: issue.id,
        day,
        units: String(position.totals.units),
        holdersMin: cellHoldersMin,
        ...(await found),
        asOf: asOfPosition(position),
      };
      return { status: 200, body };
    },
  };
};
