import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface HttpAnswer {
  status: number;
  body: string;
}

/** One kept-alive connection: one request at a time. */
export interface HttpConnection {
  send(request: Buffer): Promise<HttpAnswer>;
  close(): void;
}

/**
 * Opens a connection that costs the machine as little as can be, so that the load does not bound what it measures:
 * requests come as bytes, answers must name their length.
 */
export async function openConnection(base: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await new Promise<void>((done, fail) => socket.once("connect", done).once("error", fail));
  return exchange(socket);
}

function exchange(socket: Socket): HttpConnection {
  let waiting: { done(answer: HttpAnswer): void; fail(error: Error): void } | undefined;
  let received = Buffer.alloc(0);
  const end = (error: Error) => {
    waiting?.fail(error);
    waiting = undefined;
  };
  socket.on("error", end);
  socket.on("close", () => end(new Error("The server closed the connection.")));
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = readAnswer(received);
    if (answer === undefined) return;
    received = Buffer.alloc(0);
    const { done } = waiting!;
    waiting = undefined;
    done(answer);
  });
  return {
    send: (request) =>
      new Promise((done, fail) => {
        waiting = { done, fail };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** A whole answer, or undefined while a part is missing. */
function readAnswer(bytes: Buffer): HttpAnswer | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without its length: ${head.slice(0, 200)}`);
  const start = headEnd + 4;
  if (bytes.length < start + Number(length)) return undefined;
  return { status: Number(head.slice(9, 12)), body: bytes.toString("utf8", start) };
}

export interface RequestParts {
  method: "GET" | "POST";
  path: string;
  secret: string;
  /** Of a write. */
  key?: string;
  json?: string;
}

/** The bytes of one HTTP/1.1 request. */
export function requestBytes({ method, path, secret, key, json }: RequestParts): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, "host: 127.0.0.1", `authorization: Bearer ${secret}`];
  if (key !== undefined) lines.push(`idempotency-key: ${key}`);
  if (json === undefined) return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(json)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${json}`);
}

export interface Load {
  /** Bodies of the answers, where they were asked for. */
  bodies: string[];
  answered: number;
  ms: number;
  latenciesMs: number[];
}

export interface LoadOptions {
  connections: number;
  /** The next request; undefined ends the load. */
  next(): Buffer | undefined;
  /** The status that every answer must have. */
  status: number;
  /** Requests a second over all connections; as fast as they are answered when left out. */
  perS?: number;
  keepBodies?: boolean;
}

/**
 * Sends requests over several connections, each its next one when the last is answered (and not before its turn at
 * `perS`). A latency counts from when the request was due, so that waiting in front of a busy server is seen.
 * @throws Error with the answer when one has another status
 */
export async function load(base: string, options: LoadOptions): Promise<Load> {
  const { connections, next, status, perS, keepBodies = false } = options;
  const result: Load = { bodies: [], answered: 0, ms: 0, latenciesMs: [] };
  const opened = await Promise.all(Array.from({ length: connections }, () => openConnection(base)));
  const started = performance.now();
  let sent = 0;
  const run = async (connection: HttpConnection) => {
    for (;;) {
      const request = next();
      if (request === undefined) return;
      const turn = sent;
      sent += 1;
      let due = performance.now();
      if (perS !== undefined) {
        due = started + (turn * 1000) / perS;
        if (due > performance.now()) await sleep(due - performance.now());
      }
      const answer = await connection.send(request);
      if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body}`);
      result.latenciesMs.push(performance.now() - due);
      result.answered += 1;
      if (keepBodies) result.bodies.push(answer.body);
    }
  };
  try {
    await Promise.all(opened.map(run));
  } finally {
    for (const connection of opened) connection.close();
  }
  result.ms = performance.now() - started;
  return result;
}
