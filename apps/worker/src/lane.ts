import { setTimeout as sleep } from "node:timers/promises";
import { isBatchCall } from "@genbo/chain/calls";
import { BadCommand, checkCommand, encodeCommands } from "@genbo/chain/commands";
import { batchRowsMax } from "@genbo/chain/gas";
import { signTransaction } from "@genbo/chain/sign";
import { storeTransaction } from "@genbo/database/outbox/chain-tx";
import { type LaneLease, lockLane } from "@genbo/database/outbox/lanes";
import { type Command, takeCommands, tracedOperations } from "@genbo/database/outbox/outbox";
import { promote } from "@genbo/database/outbox/queue";
import { settleCommands } from "@genbo/database/outbox/settle";
import { type Transaction, withTransaction } from "@genbo/database/sql/connection";
import { refusal, refusalOf } from "@genbo/domain/refusals";
import { type Broadcastable, broadcast, type Offer } from "./broadcast.ts";
import { type Choice, choose, type Turns } from "./choose.ts";
import type { LaneContext } from "./context.ts";
import { paceMs, paceMsMax, transactionsAtOnceMax } from "./limits.ts";
import type { Offered } from "./resend.ts";

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
  for (let inFlight = open; inFlight < window; ) {
    await context.checkpoint("beforeStore");
    const beganMs = Date.now();
    const room = Math.min(window - inFlight, transactionsAtOnceMax);
    const { stored, awaited } = await withTransaction(context.pool, (tx) =>
      storeNext(context, tx, lane, turns, room),
    );
    if (await promoteAll(context, awaited)) onPromoted();
    if (stored.length === 0) break;
    for (const each of stored) {
      await context.checkpoint("stored");
      const offer = await broadcast(context, each, "one");
      await traceSending(context, each, beganMs);
      // Those behind it are stored too, and go out again with it in their order.
      if (offer !== "sent") return offer;
      offered.note(each.id);
      inFlight += 1;
    }
    if (!stored.at(-1)!.isFull) await sleep(Math.min(paceMs * inFlight, paceMsMax));
  }
  return "sent";
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

/**
 * Makes the next transactions of a lane and stores them with the commands they carry, nonces included, in one SQL
 * transaction. From here on only these bytes are ever sent for these nonces.
 */
async function storeNext(
  context: LaneContext,
  tx: Transaction,
  lane: LaneLease,
  turns: Turns,
  room: number,
): Promise<{ stored: Stored[]; awaited: Choice["awaited"] }> {
  const nonce = await lockLane(tx, lane);
  if (nonce === undefined) return { stored: [], awaited: [] };
  const sound = (queued: readonly Command[]) => soundCommands(context, tx, queued);
  const { batch, awaited } = await choose(tx, lane.signer, turns, sound, room);
  const stored: Stored[] = [];
  for (const commands of transactionsOf(batch)) {
    stored.push(await store(context, tx, lane, nonce + stored.length, commands));
  }
  return { stored, awaited };
}

/** What was chosen, as its transactions carry it: in its order, each as full as may be. */
function transactionsOf(batch: readonly Command[]): Command[][] {
  const [first] = batch;
  if (first === undefined) return [];
  const rows = isBatchCall(first.call) ? batchRowsMax(first.call) : 1;
  const count = Math.ceil(batch.length / rows);
  return Array.from({ length: count }, (_, n) => batch.slice(n * rows, (n + 1) * rows));
}

async function store(
  context: LaneContext,
  tx: Transaction,
  lane: LaneLease,
  nonce: number,
  commands: readonly Command[],
): Promise<Stored> {
  const { call } = commands[0]!;
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
  const id = await storeTransaction(tx, lane, { nonce, hash, raw, call, createdAt: now });
  await takeCommands(tx, id, commands);
  context.log.debug("stored", { signer: lane.signer, nonce, hash, call, rows: commands.length });
  const isFull = isBatchCall(call) && commands.length === batchRowsMax(call);
  context.metrics.stored(call, commands.length);
  const operations = [...new Set(commands.map(({ operationId }) => operationId))];
  return { id, signer: lane.signer, nonce, hash, raw, isFull, operations };
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
