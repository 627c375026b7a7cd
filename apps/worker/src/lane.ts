import { setTimeout as sleep } from "node:timers/promises";
import { isBatchCall } from "@genbo/chain/calls";
import { BadCommand, checkCommand, encodeCommands } from "@genbo/chain/commands";
import { batchRowsMax } from "@genbo/chain/gas";
import { signTransaction } from "@genbo/chain/sign";
import { storeTransaction } from "@genbo/database/chain-tx";
import { type Transaction, withTransaction } from "@genbo/database/connection";
import { type LaneLease, lockLane } from "@genbo/database/lanes";
import { type Command, queuedCommands, takeCommands, tracedOperations } from "@genbo/database/outbox";
import { settleCommands } from "@genbo/database/outbox-settle";
import { refusal, refusalOf } from "@genbo/domain/refusals";
import { type Broadcastable, broadcast, type Offer } from "./broadcast.ts";
import type { LaneContext } from "./context.ts";
import { gather } from "./gather.ts";
import { candidatesMax, paceMs, windowMax } from "./limits.ts";
import type { Offered } from "./resend.ts";

/**
 * Sends a lane's queued commands, batch after batch, until none waits or the window is full.
 * @param open transactions of the lane that no block holds yet
 * @returns how the last one went out
 * @throws NodeUnavailable, LaneBlocked; what was stored stays stored and is sent again
 */
export async function runLane(
  context: LaneContext,
  offered: Offered,
  lane: LaneLease,
  open: number,
): Promise<Offer> {
  for (let inFlight = open; inFlight < windowMax; inFlight += 1) {
    await context.checkpoint("beforeStore");
    const beganMs = Date.now();
    const stored = await withTransaction(context.pool, (tx) => storeNext(context, tx, lane));
    if (stored === undefined) break;
    await context.checkpoint("stored");
    const offer = await broadcast(context, stored, "one");
    await traceSending(context, stored, beganMs);
    if (offer !== "sent") return offer;
    offered.note(stored.id);
    if (!stored.isFull) await sleep(paceMs);
  }
  return "sent";
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
 * Makes the next transaction of a lane and stores it with the commands it carries, nonce included, in one SQL
 * transaction. From here on only these bytes are ever sent for this nonce.
 */
async function storeNext(
  context: LaneContext,
  tx: Transaction,
  lane: LaneLease,
): Promise<Stored | undefined> {
  const nonce = await lockLane(tx, lane);
  if (nonce === undefined) return undefined;
  const commands = gather(await soundCommands(context, tx, lane.signer));
  const [first] = commands;
  if (first === undefined) return undefined;
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
  await takeCommands(tx, id, commands, now);
  context.log.debug("stored", { signer: lane.signer, nonce, hash, call: first.call, rows: commands.length });
  const isFull = isBatchCall(first.call) && commands.length === batchRowsMax(first.call);
  context.metrics.stored(first.call, commands.length);
  const operations = [...new Set(commands.map(({ operationId }) => operationId))];
  return { id, signer: lane.signer, nonce, hash, raw, isFull, operations };
}

/** The queue without commands that no contract could carry out; those have failed and spoil no batch. */
async function soundCommands(context: LaneContext, tx: Transaction, signer: string): Promise<Command[]> {
  const sound: Command[] = [];
  const bad: Command[] = [];
  for (const command of await queuedCommands(tx, signer, candidatesMax)) {
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
