import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { hashOfHeader, type WireHeader } from "@genbo/chain/header-hash";

/** How the node behind a proxy misbehaves. */
export type Fault =
  | "none"
  /** Answers after so many milliseconds. */
  | { slowMs: number }
  /** Takes requests and never answers. */
  | "hangs"
  /** Closes half of its connections without an answer, in no rhythm. */
  | "dropsHalf"
  /** Refuses every request. */
  | "away"
  /** Stands still at this block. */
  | { standsAt: number }
  /** Says that its head is so many blocks higher. */
  | { boasts: number }
  /** Gives other hashes for every block but the first, as after a fork. */
  | "otherBranch"
  /** Says that it has another chain id. */
  | { chainId: number }
  /** Says that it is reading the chain. */
  | "syncing"
  | { peers: number }
  /** Says that it has taken a transaction, and drops it. */
  | "swallows"
  /** Refuses every transaction in these words; may say that every account has sent so many. */
  | { refusesSending: string; counts?: number }
  /** Is a web page. */
  | "webPage"
  /** Answers half of the requests with an error of its own. */
  | "errs"
  /** Answers this one method with an error. */
  | { failsAt: string; code: number; message: string }
  /** Gives an empty object for the result of these methods. */
  | { garbles: readonly string[] }
  /** Has no "latest" block, as Besu for a moment while one comes in. */
  | "noLatest"
  /** Has blocks before it has their receipts. */
  | "lateReceipts"
  /** Gives one receipt of a block several times, in the place of the others. */
  | "sameReceipts"
  /** Says of every block that it was made an hour later. */
  | "wrongTime"
  /** Gives receipts with another log, or with none. */
  | "otherLog"
  | "noLogs"
  /** Takes no request of more calls. */
  | { callsMax: number };

/** A small HTTP proxy before a real node that misbehaves as a test tells it. */
export interface FaultyNode {
  url: string;
  fault: Fault;
  /** Calls that it passed on, by method. */
  calls: Map<string, number>;
  close(): Promise<void>;
}

interface Call {
  id: number;
  method: string;
  params: unknown[];
}
interface Answer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}
type Block = Record<"number" | "hash" | "parentHash" | "timestamp", string>;
interface Receipt {
  logs: { data: string }[];
}

export async function openFaultyNode(target: string, fault: Fault = "none"): Promise<FaultyNode> {
  let seed = 1;
  /** The same in every run. */
  const isDropped = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % 2 === 0;
  };
  const server = createServer(async (request, response) => {
    const text = (await request.toArray()).join("");
    const { fault: now } = node;
    // It takes no WebSocket.
    if (request.method !== "POST") return void response.writeHead(405).end();
    if (now === "hangs") return;
    if (now === "away" || (now === "dropsHalf" && isDropped())) return void response.destroy();
    if (now === "webPage") return void response.end("<!doctype html><title>Welcome to nginx!</title>");
    if (typeof now === "object" && "slowMs" in now) await sleep(now.slowMs);
    const calls = JSON.parse(text) as Call[];
    for (const { method } of calls) node.calls.set(method, (node.calls.get(method) ?? 0) + 1);
    if (now === "errs" && isDropped()) return void response.end(JSON.stringify(calls.map(internalError)));
    const said = sendingAnswer(now);
    if (said !== undefined && calls.every(({ method }) => method === "eth_sendRawTransaction"))
      return void response.end(JSON.stringify(calls.map(({ id }) => ({ jsonrpc: "2.0", id, ...said }))));
    await pass(target, calls, now, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const node: FaultyNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault,
    calls: new Map(),
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return node;
}

const internalError = ({ id }: Call) => ({
  jsonrpc: "2.0",
  id,
  error: { code: -32_603, message: "Internal error" },
});

/** What it says to a transaction that it does not pass on. */
function sendingAnswer(fault: Fault): Omit<Answer, "id"> | undefined {
  if (fault === "swallows") return { result: "0x" };
  if (typeof fault === "object" && "refusesSending" in fault)
    return { error: { code: -32_000, message: fault.refusesSending } };
  return undefined;
}

async function pass(
  target: string,
  calls: readonly Call[],
  fault: Fault,
  response: ServerResponse,
): Promise<void> {
  if (typeof fault === "object" && "callsMax" in fault && calls.length > fault.callsMax) {
    const error = { code: -32_600, message: "batch too large" };
    return void response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error }));
  }
  const asked = calls.map((call) => ({ jsonrpc: "2.0", ...asks(call, fault) }));
  const answer = await fetch(target, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked),
  });
  const byId = new Map(((await answer.json()) as Answer[]).map((each) => [each.id, each]));
  response.end(JSON.stringify(calls.map((call) => says(call, byId.get(call.id)!, fault))));
}

/** A node that stands still gives the block at which it stands for the newest one. */
function asks(call: Call, fault: Fault): Call {
  if (typeof fault !== "object" || !("standsAt" in fault)) return call;
  const params = call.params.map((each) => (each === "latest" ? `0x${fault.standsAt.toString(16)}` : each));
  return { ...call, params };
}

function says(call: Call, answer: Answer, fault: Fault): Answer {
  const { method, params } = call;
  const result = (value: unknown): Answer => ({ ...answer, error: undefined as never, result: value });
  if (fault === "syncing" && method === "eth_syncing")
    return result({ currentBlock: "0x5", highestBlock: "0x4d2" });
  if (fault === "otherBranch") return otherHashes(answer);
  if (fault === "noLatest" && method === "eth_getBlockByNumber" && params[0] === "latest")
    return result(null);
  if (fault === "lateReceipts" && /Receipt/.test(method)) return result(null);
  if (fault === "sameReceipts" && method === "eth_getBlockReceipts" && Array.isArray(answer.result))
    return result(answer.result.map((_, __, [first]) => first));
  if (fault === "wrongTime" && isBlock(answer.result))
    return result({ ...answer.result, timestamp: higher(answer.result.timestamp, 3_600) });
  if ((fault === "otherLog" || fault === "noLogs") && method === "eth_getBlockReceipts")
    return result((answer.result as Receipt[] | null)?.map((receipt) => forged(receipt, fault)));
  if (typeof fault !== "object") return answer;
  if ("chainId" in fault && method === "eth_chainId") return result(`0x${fault.chainId.toString(16)}`);
  if ("failsAt" in fault && method === fault.failsAt) {
    const { code, message } = fault;
    return { ...answer, result: undefined, error: { code, message } };
  }
  if ("counts" in fault && method === "eth_getTransactionCount")
    return result(`0x${fault.counts!.toString(16)}`);
  if ("garbles" in fault && fault.garbles.includes(method)) return result({});
  if ("peers" in fault && method === "net_peerCount") return result(`0x${fault.peers.toString(16)}`);
  if ("boasts" in fault) {
    if (method === "eth_blockNumber") return result(higher(answer.result as string, fault.boasts));
    if (method === "eth_getBlockByNumber" && params[0] === "latest") {
      const block = answer.result as Block;
      return result({ ...block, number: higher(block.number, fault.boasts) });
    }
  }
  if ("standsAt" in fault) {
    if (method === "eth_blockNumber") return result(`0x${fault.standsAt.toString(16)}`);
    if (/Block/.test(method) && Number(params[0]) > fault.standsAt) return result(null);
  }
  return answer;
}

const isBlock = (result: unknown): result is Block =>
  typeof result === "object" && result !== null && "parentHash" in result;

const forged = (receipt: Receipt, fault: "otherLog" | "noLogs"): Receipt => ({
  ...receipt,
  logs: fault === "noLogs" ? [] : receipt.logs.map((log) => ({ ...log, data: `${log.data.slice(0, -1)}f` })),
});

const higher = (number: string, by: number): string => `0x${(Number(number) + by).toString(16)}`;

function otherHashes(answer: Answer): Answer {
  const block = answer.result as Partial<Block> | null;
  if (typeof block !== "object" || block?.hash === undefined || Number(block.number) === 0) return answer;
  // Another header, and its own hash: what is no block at all would be found out as a lie.
  const other = { ...(block as WireHeader), extraData: "0x0bad" };
  return { ...answer, result: { ...other, hash: hashOfHeader(other) } };
}
