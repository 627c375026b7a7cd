/** No node gave an answer, or only that it cannot now: try again, nothing is known about what the call did. */
export class NodeUnavailable extends Error {
  readonly retryable = true;
  override readonly name = "NodeUnavailable";
}

/** The node answered with a JSON-RPC error. Asking again as it stands gives the same answer. */
export class NodeRefused extends Error {
  readonly retryable = false;
  override readonly name = "NodeRefused";
  readonly code: number;
  /** Revert data (0x hex) where the node gave any. */
  readonly data: string | undefined;

  constructor(method: string, code: number, message: string, data: string | undefined) {
    super(`${method}: ${message} (${code})`);
    this.code = code;
    this.data = data;
  }
}

/** JSON-RPC 2.0: the node does not have this method. */
export const methodNotFound = -32_601;

/** Codes by which nodes say "not now" (EIP-1474: limit exceeded; -32603 internal error; 429 by gateways). */
const notNow = new Set([-32_005, -32_603, 429]);
/** Besu has -32005 also for a transaction whose own gas limit is above the block's or the pool's: that one never goes. */
const final = /revert|gas limit.*exceed/i;
/** geth's code for all that has none of its own: of a transaction a refusal, of a read a node's trouble ("missing trie node"). */
const catchAll = -32_000;
const reads = /^eth_(get|block|chain)/;

interface WireError {
  code: number;
  message: string;
  data?: unknown;
}

export function errorOf(method: string, error: WireError): NodeRefused | NodeUnavailable {
  const data = revertDataOf(error.data);
  // A revert comes under many codes, -32603 among them, but always with its data.
  const isNotNow = notNow.has(error.code) || (error.code === catchAll && reads.test(method));
  if (isNotNow && data === undefined && !final.test(error.message)) {
    return new NodeUnavailable(`${method}: ${error.message} (${error.code})`);
  }
  return new NodeRefused(method, error.code, error.message, data);
}

/** Nodes put revert data at `data`, `data.data` or, as text, behind "Reverted ". */
function revertDataOf(data: unknown): string | undefined {
  if (typeof data === "string") return /0x[0-9a-f]*$/i.exec(data)?.[0];
  if (typeof data === "object" && data !== null && "data" in data) return revertDataOf(data.data);
  return undefined;
}
