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
  await new Promise<void>((done, fail) => {
    socket.addEventListener("open", () => done(), { once: true });
    socket.addEventListener("error", () => fail(new Error("The node takes no subscription.")), {
      once: true,
    });
  });
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
