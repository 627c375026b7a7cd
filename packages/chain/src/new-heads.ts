import { setTimeout as sleep } from "node:timers/promises";

/** Says that a node may have a new block. A hint: what there is, whoever hears it asks for himself. */
export interface NewHeads {
  /** Waits until a node has told of a block since the last wait, but no longer than this. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A node that takes no subscription, or has ended it, is asked again after this time. */
const subscribeEveryMs = 10_000;

const subscription = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] });

/** Subscribes to the new heads of all nodes, where a node takes WebSockets on its RPC port; of others nothing is heard. */
export function hearHeads(urls: readonly string[]): NewHeads {
  const closing = new AbortController();
  let heard = false;
  let wake: () => void = () => undefined;
  const tell = () => {
    heard = true;
    wake();
  };
  for (const url of urls) void subscribe(url.replace(/^http/, "ws"), tell, closing.signal);
  return {
    wait: (ms, signal) =>
      new Promise((done) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          wake = () => undefined;
          heard = false;
          done();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener("abort", end, { once: true });
        wake = end;
        if (heard || signal.aborted) end();
      }),
    close: () => closing.abort(),
  };
}

async function subscribe(url: string, tell: () => void, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    await listen(url, tell, closing);
    await sleep(subscribeEveryMs, undefined, { signal: closing, ref: false }).catch(() => undefined);
  }
}

/** Resolves when the connection has ended or never came about. */
async function listen(url: string, tell: () => void, closing: AbortSignal): Promise<void> {
  const socket = socketTo(url);
  if (socket === undefined) return;
  const close = () => socket.close();
  closing.addEventListener("abort", close, { once: true });
  await new Promise<void>((ended) => {
    socket.addEventListener("open", () => socket.send(subscription));
    socket.addEventListener("message", ({ data }) => {
      if (String(data).includes("eth_subscription")) tell();
    });
    socket.addEventListener("error", () => ended());
    socket.addEventListener("close", () => ended());
  });
  closing.removeEventListener("abort", close);
}

/** Undefined for a URL that HTTP takes and a WebSocket does not. */
function socketTo(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url);
  } catch {
    return undefined;
  }
}
