import type { Latest, Moment } from "@genbo/api-schema/moment";
import type { corrections, knownAtAnswer } from "@genbo/api-schema/page";
import { type Reading, readingOf } from "@genbo/database/register/read-overlay";
import { type Position, positionOf } from "@genbo/database/register/read-position";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import type { Correction } from "@genbo/register/rectification";
import type { z } from "zod";
import type { ApiContext } from "../context.ts";
import { ProblemError } from "../http/problem.ts";
import type { AsOfWire } from "../http/reads.ts";
import { hasRead, headAt } from "../http/reads.ts";

/** Query parameters that say which state of the register is asked for. */
export interface MomentQuery {
  asOf?: Moment | undefined;
  knownAt?: Moment | Latest | undefined;
  minBlock?: number | undefined;
  /** The end of this block: another way to say `asOf=block:N`. */
  block?: number | undefined;
}

/**
 * The state of an issue's register that is asked for, as it was known then. Without `knownAt` that is what was known at
 * `asOf`, so that the same question has the same answer for ever.
 * @param place where the moments stand in the request, for pointers
 * @throws ProblemError for a moment that has not come, that the register has not read up to, that was before the first
 * entry, or that is none of the issue
 */
export async function positionFor(
  ctx: ApiContext,
  issueId: string,
  query: MomentQuery,
  place: "query" | "" = "query",
): Promise<Reading> {
  const { knownAt, minBlock = 0, block } = query;
  const asked = query.asOf ?? (block === undefined ? knownAt : { kind: "block" as const, number: block });
  await blocksRead(ctx, query, place);
  const find = async (moment: Moment | Latest | undefined, name: "asOf" | "knownAt") => {
    const pointer = `${place}/${name}`;
    // Who names the block that must be there knows that it is; the chain's clock may be ahead of this machine's.
    if (moment !== undefined && "at" in moment) {
      if (minBlock === 0) await mustHaveCome(ctx, moment, pointer);
      // A day that goes on is answered with what is there, as without a moment.
      if (moment.at <= ctx.clock.now()) await hasRead(ctx, moment.at);
    }
    return positionAt(ctx, issueId, moment, pointer);
  };
  const name = query.asOf === undefined && block === undefined ? "knownAt" : "asOf";
  const at = await find(asked, name);
  if (asked !== undefined && asked.kind !== "latest" && at.seq === 0)
    throw new ProblemError("AS_OF_BEFORE_FIRST_ENTRY", "No entry stood then.", {
      pointer: `${place}/${name}`,
    });
  const known = knownAt === undefined || knownAt === asked ? at : await find(knownAt, "knownAt");
  if (known.seq < at.seq || isEarlier(knownAt, asked))
    throw new ProblemError("KNOWN_BEFORE_AS_OF", `knownAt is entry ${known.seq}, asOf is entry ${at.seq}.`, {
      pointer: `${place}/knownAt`,
    });
  return readingOf(ctx.pool, at, known);
}

/** A block that the question names must have been read; else the answer points at who named it, unless it is minBlock's. */
async function blocksRead(ctx: ApiContext, query: MomentQuery, place: string): Promise<void> {
  const { minBlock = 0, block = 0 } = query;
  const named: [string, number][] = [
    ["asOf", blockOf(query.asOf)],
    ["knownAt", blockOf(query.knownAt)],
    ["block", block],
  ];
  const [name, number] = named.reduce((last, each) => (each[1] > last[1] ? each : last));
  const needed = Math.max(minBlock, number);
  if (needed > 0) await headAt(ctx, needed, number > minBlock ? `${place}/${name}` : undefined);
}

const blockOf = (moment: Moment | Latest | undefined): number =>
  moment?.kind === "block" ? moment.number : 0;

const isEarlier = (a: Moment | Latest | undefined, b: Moment | Latest | undefined): boolean =>
  a !== undefined && b !== undefined && "at" in a && "at" in b && a.at < b.at;

async function positionAt(
  ctx: ApiContext,
  issueId: string,
  moment: Moment | Latest | undefined,
  pointer: string,
): Promise<Position> {
  const position = await positionOf(ctx.pool, issueId, boundsOf(moment));
  if (position === undefined)
    throw new ProblemError("REGISTER_BEHIND", "The register has read no block yet.");
  if (moment?.kind === "entry" && position.seq !== moment.seq)
    throw new ProblemError("NO_SUCH_ENTRY", `There is no entry ${moment.seq}.`, { pointer });
  return position;
}

function boundsOf(moment: Moment | Latest | undefined): Parameters<typeof positionOf>[2] {
  switch (moment?.kind) {
    case "instant":
    case "day":
      return { asOf: moment.at };
    case "block":
      return { block: moment.number };
    case "entry":
      return { seq: moment.seq };
    default:
      return {};
  }
}

/** What has not come yet would be answered with the present, and later with other bytes. A day that has begun counts. */
async function mustHaveCome(
  ctx: ApiContext,
  moment: Extract<Moment, { at: Date }>,
  pointer: string,
): Promise<void> {
  const isBy = (now: Date) => (moment.kind === "day" ? moment.day <= jstDay(now) : moment.at <= now);
  if (isBy(ctx.clock.now())) return;
  const head = await headAt(ctx);
  if (head === null || !isBy(head.time))
    throw new ProblemError("AS_OF_IN_FUTURE", `The moment of ${pointer} has not come yet.`, { pointer });
}

export const asOfPosition = ({
  seq,
  block,
  hash,
  time,
}: Pick<Position, "seq" | "block" | "hash" | "time">): AsOfWire => ({
  seq,
  block,
  hash,
  time: time.toISOString(),
});

/** What was known of a state, and what of it that corrected. */
export function knownWire({ knownAt, overlay }: Reading): {
  knownAt: z.input<typeof knownAtAnswer>;
  corrections: z.input<typeof corrections>;
} {
  const wire =
    (made: boolean) =>
    ({ entry, corrects, effectiveOn }: Correction) => ({
      entry: entry.seq,
      corrects,
      effectiveOn: effectiveOn === null ? null : isoOfDay(effectiveOn),
      made,
    });
  const all = [...(overlay?.made.map(wire(true)) ?? []), ...(overlay?.impossible.map(wire(false)) ?? [])];
  const { seq, head, block, hash, time } = knownAt;
  return {
    knownAt: { seq, head, block, hash, time: time.toISOString() },
    corrections: all.sort((a, b) => a.entry - b.entry),
  };
}
