import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections, so that none of those takes it between now and its use. */
const first = 15_000;
const end = 30_000;
const taken = new Set<number>();

/** A loopback port that nobody listens on and that this process has not been given before. */
export async function fixedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, end);
    if (taken.has(port)) continue;
    taken.add(port);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.on("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
