import { hasShape } from "./answer-shapes.ts";
import { createPost } from "./http.ts";
import { errorOf, type NodeRefused, NodeUnavailable } from "./rpc-errors.ts";

export interface RpcCall {
  method: string;
  params: readonly unknown[];
}
export type RpcOutcome = { result: unknown } | { error: NodeRefused | NodeUnavailable };

export interface Rpc {
  /** One call. @throws NodeUnavailable (try again) or NodeRefused (final) */
  call<T>(method: string, ...params: readonly unknown[]): Promise<T>;
  /** Many calls in one request, each with its own outcome, in order. @throws NodeUnavailable when no node answered */
  batch(calls: readonly RpcCall[]): Promise<RpcOutcome[]>;
  /**
   * Many calls whose results are all needed.
   * @param check throws when the results cannot be true: a node that gives such ones is noted, and the next one is asked
   * @throws the first error among them, and NodeUnavailable when no node's results pass the check
   */
  all<T>(calls: readonly RpcCall[], check?: (results: T[]) => void): Promise<T[]>;
  /** The URL that answers now. */
  url(): string;
  close(): void;
}

export interface RpcOptions {
  /** Whole time for one request to one node. */
  timeoutMs?: number;
  connectionsMax?: number;
  /** Says which nodes to ask; the one that answered last comes first when left out. */
  router?: Router;
}

/** Which node a request goes to. Nodes are named by their place among the URLs. */
export interface Router {
  /** The nodes to ask, best first. @throws NodeUnavailable when none may be asked */
  order(): readonly number[];
  /** A node answered; or it did not, or could not what another one could. */
  note(node: number, answered: boolean): void;
  /** A node's answers cannot be true, for this reason. */
  accuse(node: number, reason: string): void;
  /** Aborted when the node is left out, so that what is under way there goes to the next one. */
  signal(node: number): AbortSignal | undefined;
}

const timeoutMsDefault = 10_000;
const connectionsMaxDefault = 8;
/** Besu takes 1,024 calls a request by default, GoQuorum 1,000, anvil 2 MB. */
export const callsPerRequestMax = 500;
const requestBytesMax = 1_500_000;

interface Answer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/**
 * A JSON-RPC client of one chain behind several URLs: when a node does not answer, or not what the method can answer, the
 * next ones are asked, each once. So they are when it cannot do one of the calls: all of a request's results are of one
 * node, or they might not fit together.
 */
export function createRpc(urls: readonly string[], options: RpcOptions = {}): Rpc {
  if (urls.length === 0) throw new Error("CHAIN_RPC_URLS names no node.");
  const { timeoutMs = timeoutMsDefault, connectionsMax = connectionsMaxDefault } = options;
  const router = options.router ?? lastFirst(urls.length);
  const post = createPost(connectionsMax);
  let callsMax = callsPerRequestMax;

  const send = async (calls: readonly RpcCall[], check?: Check): Promise<RpcOutcome[]> => {
    const body = JSON.stringify(
      calls.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params })),
    );
    let last: NodeUnavailable | undefined;
    const poor: { node: number; outcomes: RpcOutcome[] }[] = [];
    for (const node of router.order()) {
      const url = urls[node] as string;
      try {
        const outcomes = readAnswers(calls, await post(url, body, timeoutMs, router.signal(node)));
        if (outcomes.some(isUnavailable)) {
          poor.push({ node, outcomes });
          continue;
        }
        check?.(outcomes);
        for (const each of poor) router.note(each.node, false);
        router.note(node, true);
        return outcomes;
      } catch (cause) {
        if (cause instanceof RequestTooLarge && calls.length > 1) return sendHalves(calls, check);
        router.note(node, false);
        if (cause instanceof Untrue) router.accuse(node, cause.message);
        last = new NodeUnavailable(`${hostOf(url)}: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        });
      }
    }
    const [first] = poor;
    if (first === undefined) throw last ?? new NodeUnavailable("no node may be asked");
    // What no node can do is the fault of none.
    router.note(first.node, true);
    return first.outcomes;
  };

  /** A node's own limit on a request is lower than ours: what follows goes in parts that it took. */
  const sendHalves = async (calls: readonly RpcCall[], check?: Check): Promise<RpcOutcome[]> => {
    const half = Math.ceil(calls.length / 2);
    callsMax = Math.min(callsMax, half);
    return checked([...(await send(calls.slice(0, half))), ...(await send(calls.slice(half)))], check);
  };

  const inParts = async (calls: readonly RpcCall[], check?: Check): Promise<RpcOutcome[]> => {
    const parts = [...partsOf(calls, callsMax)];
    const [only] = parts;
    if (parts.length === 1) return send(only!, check);
    const outcomes: RpcOutcome[] = [];
    for (const part of parts) outcomes.push(...(await send(part)));
    return checked(outcomes, check);
  };
  const batch = (calls: readonly RpcCall[]) => inParts(calls);

  const all = async <T>(calls: readonly RpcCall[], check?: (results: T[]) => void): Promise<T[]> => {
    const holds = check && ((outcomes: RpcOutcome[]) => mustBeTrue(outcomes, check));
    return (await inParts(calls, holds)).map(resultOf<T>);
  };

  return {
    batch,
    all,
    call: async <T>(method: string, ...params: readonly unknown[]) => {
      const [outcome] = await send([{ method, params }]);
      return resultOf<T>(outcome as RpcOutcome);
    },
    url: () => urls[router.order()[0] ?? 0] as string,
    close: () => post.close(),
  };
}

/** What answers must hold to. @throws Untrue */
type Check = (outcomes: RpcOutcome[]) => void;

/** A node's answers cannot be true. */
class Untrue extends Error {}

function mustBeTrue<T>(outcomes: RpcOutcome[], check: (results: T[]) => void): void {
  if (outcomes.some((each) => "error" in each)) return;
  try {
    check(outcomes.map(resultOf<T>));
  } catch (cause) {
    throw new Untrue(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Answers of several requests may be of several nodes: that one of them is not true is nobody's. */
function checked(outcomes: RpcOutcome[], check: Check | undefined): RpcOutcome[] {
  try {
    check?.(outcomes);
    return outcomes;
  } catch (cause) {
    throw cause instanceof Untrue ? new NodeUnavailable(cause.message, { cause }) : cause;
  }
}

function lastFirst(count: number): Router {
  let preferred = 0;
  return {
    order: () => Array.from({ length: count }, (_, turn) => (preferred + turn) % count),
    note: (node, answered) => {
      if (answered) preferred = node;
    },
    accuse: () => undefined,
    signal: () => undefined,
  };
}

const isUnavailable = (outcome: RpcOutcome): boolean =>
  "error" in outcome && outcome.error instanceof NodeUnavailable;

/** The node takes no request of so many calls or bytes. */
class RequestTooLarge extends Error {}

/** The result of a call. @throws its error */
export function resultOf<T>(outcome: RpcOutcome): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.result as T;
}

function readAnswers(calls: readonly RpcCall[], answer: { status: number; body: string }): RpcOutcome[] {
  const answers = parseAnswers(answer);
  const byId = new Map(answers.map((each) => [each.id, each]));
  return calls.map(({ method }, id): RpcOutcome => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`no answer to ${method}`);
    if (found.error !== undefined) return { error: errorOf(method, found.error) };
    const result = found.result ?? null;
    if (!hasShape(method, result)) throw new Error(`what it answers to ${method} is no answer to that`);
    return { result };
  });
}

/** geth's "batch too large", Besu's "Number of requests in batch exceeds max batch size", and what proxies say. */
const tooLarge =
  /batch.*(too large|exceeds)|(exceeds|too large).*batch|entity too large|content length too large/i;

function parseAnswers({ status, body }: { status: number; body: string }): Answer[] {
  if (status === 413) throw new RequestTooLarge("HTTP 413, the request is too large for the node");
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Error(`HTTP ${status}, not a JSON-RPC node but perhaps a web page: correct the URL`);
  }
  if (Array.isArray(parsed)) return parsed as Answer[];
  // Some nodes answer a batch that they refuse as a whole with one error.
  const message = (parsed as { error?: { message?: string } } | null)?.error?.message;
  if (message !== undefined && tooLarge.test(message)) throw new RequestTooLarge(message);
  throw new Error(message ?? `HTTP ${status}, not a JSON-RPC batch answer`);
}

function* partsOf(calls: readonly RpcCall[], callsMax: number): Generator<RpcCall[]> {
  let part: RpcCall[] = [];
  let bytes = 0;
  for (const call of calls) {
    const size = call.params.reduce<number>(
      (sum, param) => sum + (typeof param === "string" ? param.length : 200),
      100,
    );
    if (part.length === callsMax || (part.length > 0 && bytes + size > requestBytesMax)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(call);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** A URL may carry a user and password: errors name the host alone. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "the configured chain URL";
}
