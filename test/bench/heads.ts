import { setTimeout as sleep } from "node:timers/promises";
import { createRpc } from "@genbo/chain/rpc";

/** Hears of new blocks the moment a node has them. */
export interface Heads {
  /** When each block was first heard of (`performance.now()`), by number. */
  seenMs: ReadonlyMap<number, number>;
  close(): void;
}

interface Notice {
  params?: { result?: { number?: string } };
}

/** Subscribes to a node's new heads. @param onHead called with each number as it comes */
export async function watchHeads(
  rpcUrl: string,
  onHead: (number: number) => void = () => undefined,
): Promise<Heads> {
  const socket = new WebSocket(rpcUrl.replace(/^http/, "ws"));
  const subscribes = await new Promise<boolean>((done) => {
    socket.addEventListener("open", () => done(true), { once: true });
    socket.addEventListener("error", () => done(false), { once: true });
  });
  if (!subscribes) return pollHeads(rpcUrl, onHead);
  const seenMs = new Map<number, number>();
  socket.addEventListener("message", ({ data }) => {
    const seen = performance.now();
    const { number } = (JSON.parse(String(data)) as Notice).params?.result ?? {};
    if (number === undefined) return;
    seenMs.set(Number(number), seen);
    onHead(Number(number));
  });
  socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] }));
  return { seenMs, close: () => socket.close() };
}

/** A node that takes no subscription is asked this often: a block is seen so much later at most. */
const pollMs = 10;

function pollHeads(rpcUrl: string, onHead: (number: number) => void): Heads {
  const rpc = createRpc([rpcUrl]);
  const seenMs = new Map<number, number>();
  let closed = false;
  const poll = async () => {
    for (let last = Number.NaN; !closed; await sleep(pollMs)) {
      const number = await rpc.call<string>("eth_blockNumber").then(Number, () => last);
      const seen = performance.now();
      for (let each = last + 1; each <= number; each += 1) {
        seenMs.set(each, seen);
        onHead(each);
      }
      last = number;
    }
    rpc.close();
  };
  void poll();
  return {
    seenMs,
    close: () => {
      closed = true;
    },
  };
}
