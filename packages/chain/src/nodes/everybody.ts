import { classifySendRefusal } from "../errors.ts";
import type { Rpc, RpcCall, RpcOutcome } from "../rpc.ts";
import { NodeRefused, NodeUnavailable } from "../rpc-errors.ts";

/**
 * Asks all at once, so that one that hangs delays none: the first that has what it was given ends the wait, and the rest
 * still get the call.
 */
export function askEverybody(nodes: readonly Rpc[], call: RpcCall): Promise<RpcOutcome[]> {
  const outcomes: RpcOutcome[] = [];
  return new Promise((done) => {
    const note = (outcome: RpcOutcome) => {
      outcomes.push(outcome);
      if (isTaken(outcome) || outcomes.length === nodes.length) done(outcomes);
    };
    for (const node of nodes) {
      node.batch([call]).then(
        ([outcome]) => note(outcome!),
        (error: unknown) => note({ error: unavailable(error) }),
      );
    }
  });
}

/** Bytes that are sent again a node has already, and says so as a refusal. */
const isTaken = (outcome: RpcOutcome): boolean =>
  "result" in outcome ||
  (outcome.error instanceof NodeRefused && classifySendRefusal(outcome.error.message) === "known");

const unavailable = (error: unknown): NodeUnavailable =>
  error instanceof NodeUnavailable ? error : new NodeUnavailable(String(error), { cause: error });
