import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface HttpAnswer {
  status: number;
  body: string;
}

export interface Post {
  (url: string, body: string, timeoutMs: number, signal?: AbortSignal): Promise<HttpAnswer>;
  /** Ends idle connections. */
  close(): void;
}

/** A node that sends more than this in one answer is broken or not a node. A full block of receipts stays below it. */
const answerBytesMax = 512 * 1024 * 1024;

/** Posts JSON over kept-alive connections. Rejects when no whole answer has come within `timeoutMs` or `signal` aborts. */
export function createPost(connectionsMax: number): Post {
  const http = new HttpAgent({ keepAlive: true, maxSockets: connectionsMax });
  const https = new HttpsAgent({ keepAlive: true, maxSockets: connectionsMax });
  const post = (url: string, body: string, timeoutMs: number, signal?: AbortSignal) =>
    new Promise<HttpAnswer>((done, fail) => {
      const secure = url.startsWith("https:");
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const agent = secure ? https : http;
      const options = { method: "POST", headers, agent, ...(signal && { signal }) };
      const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > answerBytesMax) request.destroy(new Error(`answer above ${answerBytesMax} bytes`));
          else chunks.push(chunk);
        });
        response.on("end", () => {
          clearTimeout(timer);
          done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks, size).toString("utf8") });
        });
        response.on("error", fail);
      });
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      request.on("error", (error) => {
        clearTimeout(timer);
        fail(error);
      });
      request.end(body);
    });
  const close = () => {
    http.destroy();
    https.destroy();
  };
  return Object.assign(post, { close });
}
