import { setTimeout as sleep } from "node:timers/promises";
import { minBlockWaitMsMax } from "@genbo/api-schema/limits";
import type { asOfAnswer } from "@genbo/api-schema/page";
import { writeAudit } from "@genbo/database/commands/audit";
import { type RegisterHead, registerHead } from "@genbo/database/server/status";
import type { Pool } from "@genbo/database/sql/connection";
import type { z } from "zod";
import type { ApiContext } from "../context.ts";
import type { Call } from "./call.ts";
import { ProblemError } from "./problem.ts";

export type AsOfWire = z.input<typeof asOfAnswer>;

const pollMs = 20;
/** The local chain makes at most ten blocks a second, others fewer; the wait and the age of what we know of the chain. */
const blocksInWaitMax = 10 * (minBlockWaitMsMax / 1_000 + 1);

const asOfWire = (head: RegisterHead | null, seq: number | null): AsOfWire | null =>
  head && { seq, block: head.block, hash: head.hash, time: head.time.toISOString() };

/**
 * Where the register stands, for an answer that is not of one entry. Read it before the rows: they are then at least
 * as new as it says. With `minBlock` it waits a moment for that block. @throws ProblemError REGISTER_BEHIND
 */
export async function presentAsOf(ctx: ApiContext, minBlock?: number): Promise<AsOfWire | null> {
  return asOfWire(await headAt(ctx, minBlock), null);
}

/**
 * Waits for a block while it may come in time; one that is further ahead of the chain is refused at once.
 * @throws ProblemError REGISTER_BEHIND when the register does not reach `minBlock` in time
 */
export async function headAt(ctx: ApiContext, minBlock = 0, pointer?: string): Promise<RegisterHead | null> {
  const deadline = performance.now() + minBlockWaitMsMax;
  let head = await registerHead(ctx.pool);
  while ((head?.block ?? 0) < minBlock) {
    const chain = ctx.chain.lastSeenHead();
    const isFar = chain !== null && minBlock > Math.max(chain, head?.block ?? 0) + blocksInWaitMax;
    if (isFar || performance.now() >= deadline) {
      const detail = `The register stands at block ${head?.block ?? "none"}.`;
      throw new ProblemError("REGISTER_BEHIND", detail, pointer === undefined ? {} : { pointer });
    }
    head = await nextLook(ctx.pool);
  }
  return head;
}

/**
 * Waits until the register has what the chain may have by a past instant: a later block, or the newest that any node
 * has. While no node answers, nobody knows what is missing. @throws ProblemError REGISTER_BEHIND
 */
export async function hasRead(ctx: ApiContext, at: Date): Promise<void> {
  const deadline = performance.now() + minBlockWaitMsMax;
  let head = await registerHead(ctx.pool);
  while (head !== null && head.time <= at && !isNewest(ctx, head)) {
    if (performance.now() >= deadline)
      throw new ProblemError(
        "REGISTER_BEHIND",
        `The register stands at block ${head.block} of ${head.time.toISOString()}, and the chain may have blocks since.`,
      );
    head = await nextLook(ctx.pool);
  }
}

const isNewest = (ctx: ApiContext, { block }: RegisterHead): boolean => {
  const chain = ctx.chain.lastSeenHead();
  return chain !== null && chain <= block;
};

const looks = new WeakMap<Pool, Promise<RegisterHead | null>>();

/** The head a moment later. All who wait in a process wait for the same look. */
function nextLook(pool: Pool): Promise<RegisterHead | null> {
  const waited = looks.get(pool);
  if (waited !== undefined) return waited;
  const look = sleep(pollMs)
    .then(() => registerHead(pool))
    .finally(() => looks.delete(pool));
  looks.set(pool, look);
  return look;
}

/** Cuts a list that was read with one row more than the page has; the row's key is the next cursor. */
export function pageOf<Row, Wire>(
  rows: readonly Row[],
  limit: number,
  wire: (row: Row) => Wire,
  cursorOf: (row: Row) => string,
): { items: Wire[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(wire), next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** Writes down that personal data was read. Not answered before it is written. */
export async function auditRead(
  ctx: ApiContext,
  call: Call & { principal: NonNullable<Call["principal"]> },
  target: string,
  purpose: string | undefined,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { principal, route, requestId, at } = call;
  await writeAudit(ctx.pool, {
    partyId: principal.partyId,
    actor: principal.subject,
    action: route.operationId,
    target,
    outcome: "read",
    purpose: purpose ?? null,
    detail,
    requestId,
    at,
  });
}
