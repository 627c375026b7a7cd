import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const host = "127.0.0.1";
/** As long as a process of a killed platform may take to end. */
const waitMs = 15_000;
const retryEveryMs = 250;

/** A TCP port of the loopback interface that nobody listens on now. Another program may take it before you do. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Waits until nobody listens on a port of the loopback interface. @throws Error after 15 s, saying what to do */
export async function portFree(port: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      await listenOnce(port);
      return;
    } catch (cause) {
      if (Date.now() > deadline) {
        throw new Error(`Another program listens on port ${port}. Stop it, or choose another port.`, {
          cause,
        });
      }
      await sleep(retryEveryMs);
    }
  }
}

/** Listens for a moment, and returns the port. */
function listenOnce(port: number): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on("error", fail);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
