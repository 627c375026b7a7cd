import { adviceOnRefusal, classifySendRefusal, type SendRefusal } from "@genbo/chain/errors";
import { hexOf } from "@genbo/chain/hex";
import type { RpcOutcome } from "@genbo/chain/rpc";
import { NodeRefused, NodeUnavailable } from "@genbo/chain/rpc-errors";
import { isMined, markSent, type OpenTransaction } from "@genbo/database/outbox/chain-tx";
import type { SendContext } from "./context.ts";

export interface Broadcastable extends OpenTransaction {
  raw: Buffer;
}

/** A transaction that can never be mined as it stands. Its lane must not go on, or what follows would hang behind it. */
export class LaneBlocked extends Error {
  override readonly name: string = "LaneBlocked";
}

/** Somebody else sends with the lane's key. */
export class NonceTaken extends LaneBlocked {
  override readonly name = "NonceTaken";
}

/**
 * `sent`: a node has it. `later`: the node wants it later. `notYet`: others that were stored before must go first.
 * `unclear`: its nonce is used, and the register has not read yet by whom. In all cases the bytes are stored and are
 * offered again.
 */
export type Offer = "sent" | "later" | "notYet" | "unclear";

/** `one`: the node that is asked now. `everybody`: all nodes, because one that took the bytes may have dropped them. */
export type Whom = "one" | "everybody";

/**
 * Gives stored bytes to nodes, which is harmless to repeat, and notes that one has them.
 * @throws NodeUnavailable, LaneBlocked
 */
export async function broadcast(
  context: SendContext,
  transaction: Broadcastable,
  whom: Whom,
): Promise<Offer> {
  if (!(await context.guard.mayGo(transaction.id))) return "notYet";
  const began = performance.now();
  const offer = await offerTo(context, transaction, whom);
  if (offer !== "sent") return offer;
  context.metrics.sent((performance.now() - began) / 1000);
  context.log.debug("sent", { id: transaction.id, signer: transaction.signer, nonce: transaction.nonce });
  await context.checkpoint("broadcast");
  await markSent(context.pool, transaction.id, context.clock.now());
  context.onSent();
  await context.checkpoint("sent");
  return "sent";
}

async function offerTo(context: SendContext, transaction: Broadcastable, whom: Whom): Promise<Offer> {
  const { hash, nonce, raw } = transaction;
  const call = { method: "eth_sendRawTransaction", params: [hexOf(raw)] };
  const outcomes = await (whom === "one" ? context.rpc.batch([call]) : context.everybody(call));
  const refused = firstToHeed(outcomes, whom === "one" ? 1 : context.quorum);
  if (refused === undefined) return "sent";
  const { meaning, error } = refused;
  // What would stop a lane is believed of no single node.
  if (whom === "one" && stopping.has(meaning)) return offerTo(context, transaction, "everybody");
  switch (meaning) {
    case "known":
      return "sent";
    case "later":
      context.log.warn("the node takes a transaction later", { hash, error: error.message });
      return "later";
    case "nonceUsed":
      return usedByUs(context, transaction).catch(asUnclear);
    case "nonceTaken":
      throw new NonceTaken(
        `Another transaction ${nonce} of this signer waits in the node's pool: somebody else has its key. Find out who; two persons close the break then.`,
      );
    case "never":
      throw new LaneBlocked(
        `The node refuses transaction ${nonce} for good: ${error.message}; ${adviceOnRefusal(error.message)} ("Flags that matter to Genbo" in docs/operations/chain.md), then restart the worker`,
      );
  }
}

/** One node's own limit stops no lane while another may still take the bytes. */
const heeded: readonly SendRefusal[] = ["known", "nonceUsed", "later", "nonceTaken", "never"];
const stopping: ReadonlySet<SendRefusal> = new Set(["nonceUsed", "nonceTaken", "never"]);

/**
 * Undefined when a node took the bytes.
 * @param quorum so many nodes must say that somebody else has the nonce
 * @throws NodeUnavailable when none answered
 */
function firstToHeed(
  outcomes: readonly RpcOutcome[],
  quorum: number,
): { meaning: SendRefusal; error: NodeRefused } | undefined {
  if (outcomes.some((outcome) => "result" in outcome)) return undefined;
  const errors = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
  const refusals = errors
    .filter((error) => error instanceof NodeRefused)
    .map((error) => ({ meaning: classifySendRefusal(error.message), error }))
    .sort((a, b) => heeded.indexOf(a.meaning) - heeded.indexOf(b.meaning));
  const [first] = refusals;
  if (first === undefined) throw errors[0] ?? new NodeUnavailable("no node answered");
  const isTaken = refusals.filter(({ meaning }) => meaning === "nonceTaken").length >= quorum;
  const heard = first.meaning === "nonceTaken" && !isTaken ? (refusals.at(-1) ?? first) : first;
  // A node that does not answer may take what another one never will.
  const isForGood =
    heard.meaning === "never"
      ? refusals.length === outcomes.length
      : heard.meaning !== "nonceTaken" || isTaken;
  return isForGood ? heard : { ...heard, meaning: "later" };
}

/** Whoever could tell does not answer. */
function asUnclear(error: unknown): "unclear" {
  if (error instanceof NodeUnavailable) return "unclear";
  throw error;
}

/**
 * The nonce is used: by these very bytes, or by somebody else's.
 * @throws NonceTaken
 */
async function usedByUs(
  { rpc, pool, counts }: SendContext,
  { id, signer, nonce, hash }: Broadcastable,
): Promise<"sent" | "unclear"> {
  if ((await rpc.call("eth_getTransactionReceipt", hash)) !== null) return "sent";
  // A node may have a block before it has its receipts: the register has the last word.
  const counted = await counts.settled(signer);
  if (await isMined(pool, id)) return "sent";
  if (counted === undefined || counted <= nonce) return "unclear";
  throw new NonceTaken(
    `Somebody else sent transaction ${nonce} with this signer's key. Find out who has it; two persons close the break then, and what is owed is sent again.`,
  );
}
