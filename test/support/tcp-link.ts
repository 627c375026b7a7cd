import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** One direction of who-calls-whom between two processes of the loopback interface, which a test may cut. */
export interface TcpLink {
  /** Where the caller connects instead of the real port. */
  port: number;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  mend(): void;
  /** Holds every byte back, as a router does that has gone silent; nobody is told. */
  freeze(): void;
  thaw(): void;
  /** Every byte takes so many milliseconds longer; 0 again at the end. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** Carries TCP connections on to `targetPort`. */
export async function openTcpLink(targetPort: number): Promise<TcpLink> {
  const sockets = new Set<Socket>();
  let open = true;
  let delayMs = 0;
  let frozen: PromiseWithResolvers<void> | undefined;
  const late = () =>
    new Transform({
      transform: async (chunk, _encoding, done) => {
        await frozen?.promise;
        if (delayMs > 0) await sleep(delayMs);
        done(null, chunk);
      },
    });
  const thaw = () => {
    frozen?.resolve();
    frozen = undefined;
  };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((caller) => {
    if (!open) return void caller.destroy();
    const target = connect(targetPort, "127.0.0.1");
    keep(caller);
    keep(target);
    caller.pipe(late()).pipe(target);
    target.pipe(late()).pipe(caller);
    // One end's failure is the other's: a half-open link would hide it.
    caller.on("error", () => target.destroy()).on("close", () => target.destroy());
    target.on("error", () => caller.destroy()).on("close", () => caller.destroy());
  });
  await new Promise<void>((done, fail) => {
    server.on("error", fail);
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The link has no TCP port.");
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut: () => {
      open = false;
      drop();
    },
    mend: () => {
      open = true;
    },
    freeze: () => {
      frozen ??= Promise.withResolvers();
    },
    thaw,
    delay: (ms) => {
      delayMs = ms;
    },
    close: () => {
      thaw();
      drop();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
