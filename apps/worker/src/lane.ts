import { setTimeout as sleep } from "node:timers/promises";
import { BadCommand, checkCommand, encodeCommands } from "@genbo/chain/commands";
import { signTransaction } from "@genbo/chain/sign";
import { storeTransaction } from "@genbo/database/outbox/chain-tx";
import { type LaneLease, lockLane } from "@genbo/database/outbox/lanes";
import { type Command, CommandsGone, takeCommands, tracedOperations } from "@genbo/database/outbox/outbox";
import { promote } from "@genbo/database/outbox/queue";
import { settleCommands } from "@genbo/database/outbox/settle";
import { type Transaction, withTransaction } from "@genbo/database/sql/connection";
import { refusal, refusalOf } from "@genbo/domain/refusals";
import { type Broadcastable, broadcast, type Offer } from "./broadcast.ts";
import { type Choice, choose, type Turns } from "./choose.ts";
import type { LaneContext } from "./context.ts";
import { isFull } from "./gather.ts";
import { paceMs, paceMsMax } from "./limits.ts";
import type { Offered } from "./offered.ts";

/** How far a lane may go, and what it remembers between its runs. */
export interface LaneRun {
  /** Transactions of the lane that no block holds yet. */
  open: number;
  /** How many there may be. */
  window: number;
  turns: Turns;
  /** Other lanes have commands that have become urgent. */
  onPromoted(): void;
}

/**
 * Sends a lane's queued commands, batch after batch, until none may go or the window is full.
 * @returns how the last one went out
 * @throws NodeUnavailable, LaneBlocked; what was stored stays stored and is sent again
 */
export async function runLane(
  context: LaneContext,
  offered: Offered,
  lane: LaneLease,
  { open, window, turns, onPromoted }: LaneRun,
): Promise<Offer> {
  let sending: Promise<Offer> = Promise.resolve("sent");
  try {
    for (let inFlight = open; inFlight < window; inFlight += 1) {
      await context.checkpoint("beforeStore");
      const beganMs = Date.now();
      const { stored, awaited } = await storeAnew(context, lane, turns);
      if (await promoteAll(context, awaited)) onPromoted();
      // What was stored meanwhile goes after it, or is sent again with it.
      if ((await sending) !== "sent" || stored === undefined) break;
      await context.checkpoint("stored");
      sending = send(context, offered, stored, beganMs);
      // It may fail while the next one is made: that is heard of when it is awaited.
      sending.catch(() => undefined);
      // A file's next batch is made while this one goes to the node. On the local chain no lane stores ahead: whatever
      // is stored later, by any lane, waits for it.
      if (stored.isFull && !context.local) continue;
      if ((await sending) !== "sent") break;
      if (!stored.isFull) await sleep(Math.min(paceMs * (inFlight + 1), paceMsMax));
    }
    return await sending;
  } finally {
    await sending.catch(() => undefined);
  }
}

async function send(context: LaneContext, offered: Offered, stored: Stored, beganMs: number): Promise<Offer> {
  const offer = await broadcast(context, stored, "one");
  await traceSending(context, stored, beganMs);
  if (offer === "sent" || offer === "unclear") offered.note(stored, offer);
  return offer;
}

/** What others wait for goes as soon as they would. Outside any transaction: it must hold up no lane. */
async function promoteAll({ pool }: LaneContext, awaited: Choice["awaited"]): Promise<boolean> {
  const byPriority = Map.groupBy(awaited, ({ priority }) => priority);
  for (const [priority, all] of byPriority) {
    await promote(pool, [...new Set(all.map(({ id }) => id))], priority);
  }
  return awaited.length > 0;
}

interface Stored extends Broadcastable {
  isFull: boolean;
  /** Ids of the operations whose rows it carries. */
  operations: string[];
}

/** One span for each traced operation in a batch. It is none of the transaction's business whether that works. */
async function traceSending(
  { pool, traces, log }: LaneContext,
  { operations, hash, nonce }: Stored,
  beganMs: number,
): Promise<void> {
  if (!traces.on) return;
  const endedMs = Date.now();
  try {
    for (const { id, traceparent } of await tracedOperations(pool, operations)) {
      traces.begin("send", traceparent, beganMs).end({ operationId: id, txHash: hash, nonce }, endedMs);
    }
  } catch (error) {
    log.debug("a transaction was not traced", { error });
  }
}

/** Chooses again when what was chosen has ended meanwhile. */
async function storeAnew(context: LaneContext, lane: LaneLease, turns: Turns) {
  for (;;) {
    try {
      return await withTransaction(context.pool, (tx) => storeNext(context, tx, lane, turns));
    } catch (error) {
      if (!(error instanceof CommandsGone)) throw error;
      context.log.warn("commands ended while they were being taken", {
        signer: lane.signer,
        error: error.message,
      });
    }
  }
}

/**
 * Makes the next transaction of a lane and stores it with the commands it carries, nonce included, in one SQL
 * transaction. From here on only these bytes are ever sent for this nonce.
 */
async function storeNext(
  context: LaneContext,
  tx: Transaction,
  lane: LaneLease,
  turns: Turns,
): Promise<{ stored?: Stored; awaited: Choice["awaited"] }> {
  const nonce = await lockLane(tx, lane);
  if (nonce === undefined) return { awaited: [] };
  const { batch: commands, awaited } = await choose(tx, lane.signer, turns, (queued) =>
    soundCommands(context, tx, queued),
  );
  const [first] = commands;
  if (first === undefined) return { awaited };
  const { to, data, gasLimit } = encodeCommands(commands, context.targets);
  const signer = await context.keystore.signerFor(lane.signer);
  const { raw, hash } = await signTransaction(signer, {
    chainId: context.chainId,
    nonce,
    gasLimit,
    to,
    data,
  });
  const now = context.clock.now();
  const id = await storeTransaction(tx, lane, { nonce, hash, raw, call: first.call, createdAt: now });
  await takeCommands(tx, id, commands);
  context.log.debug("stored", { signer: lane.signer, nonce, hash, call: first.call, rows: commands.length });
  context.metrics.stored(first.call, commands.length);
  const operations = [...new Set(commands.map(({ operationId }) => operationId))];
  const made = { id, signer: lane.signer, nonce, hash, raw, isFull: isFull(commands), operations };
  return { stored: made, awaited };
}

/** Without commands that no contract could carry out; those have failed and spoil no batch. */
async function soundCommands(
  context: LaneContext,
  tx: Transaction,
  queued: readonly Command[],
): Promise<Command[]> {
  const sound: Command[] = [];
  const bad: Command[] = [];
  for (const command of queued) {
    try {
      checkCommand(command);
      sound.push(command);
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      context.log.error("a command cannot be carried out", { command: command.id, error });
      bad.push(command);
    }
  }
  await settleCommands(
    tx,
    bad.map(({ id, operationId }) => ({
      commandId: id,
      operationId,
      state: "failed" as const,
      code: refusal("REVERTED").number,
    })),
    { now: context.clock.now(), codeName: (code) => refusalOf(code).code },
  );
  return sound;
}
