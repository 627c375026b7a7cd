import type { Rpc, RpcCall, RpcOutcome } from "../rpc.ts";
import { NodeUnavailable } from "../rpc-errors.ts";

/** Asks all at once, so that one that hangs delays none: the first result ends the wait, and the rest still get the call. */
export function askEverybody(nodes: readonly Rpc[], call: RpcCall): Promise<RpcOutcome[]> {
  const outcomes: RpcOutcome[] = [];
  return new Promise((done) => {
    const note = (outcome: RpcOutcome) => {
      outcomes.push(outcome);
      if ("result" in outcome || outcomes.length === nodes.length) done(outcomes);
    };
    for (const node of nodes) {
      node.batch([call]).then(
        ([outcome]) => note(outcome!),
        (error: unknown) => note({ error: unavailable(error) }),
      );
    }
  });
}

const unavailable = (error: unknown): NodeUnavailable =>
  error instanceof NodeUnavailable ? error : new NodeUnavailable(String(error), { cause: error });
