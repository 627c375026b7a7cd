import type { Problem } from "@genbo/api-schema/problem";
import { isWrite } from "@genbo/api-schema/route";
import { type OperationId, routeOf } from "@genbo/api-schema/routes";
import type { WireAnswer as Answer, WireRequest } from "@genbo/api-schema/wire";

export interface Request<Id extends OperationId> extends WireRequest<Id> {
  /** Instead of `body`, for the routes that read a file. */
  csv?: Uint8Array<ArrayBuffer>;
  /** Of a write: the same key and body any number of times is one command. */
  key?: string;
}

export interface Reply<Id extends OperationId> {
  status: number;
  body: Answer<Id>;
  /** The answer of an earlier request with the same key. */
  hit: boolean;
}

export interface Client {
  /** Sends one request; sends it again while the answer says that it may succeed later. @throws ApiProblem */
  call<Id extends OperationId>(id: Id, request?: Request<Id>): Promise<Reply<Id>>;
  /** Waits until an operation is entered, refused or failed; gives it as it then stands. @throws Error in time */
  waitForOperation(operationId: string): Promise<Answer<"getOperation">>;
}

/** The API said no; `problem` is its RFC 9457 answer. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly problem: Problem;
  constructor(route: string, status: number, problem: Problem) {
    super(`${route}: ${status} ${problem.code}. ${problem.detail} ${problem.fix}`);
    this.name = "ApiProblem";
    this.status = status;
    this.problem = problem;
  }
}

export interface ClientOptions {
  url: string;
  /** The API key's secret; left out, only open routes answer. */
  secret?: string;
  /** How long a request that may succeed later, or finds nobody listening, is sent again; an operation has four times that. */
  patienceMs?: number;
}

const patienceMsDefault = 30_000; // a killed process is back in a few seconds, a restarted chain in ten
const requestMsMax = 30_000;
const firstPauseMs = 40;
const longestPauseMs = 500;
const ended = ["entered", "refused", "failed"];

/** A client of the API whose requests and answers have the types of the route table. */
export function createClient({ url, secret, patienceMs = patienceMsDefault }: ClientOptions): Client {
  const call: Client["call"] = async (id, request = {}) => {
    const key = request.key ?? crypto.randomUUID();
    const until = Date.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return await send(url, secret, id, { ...request, key });
      } catch (error) {
        if (!mayRetry(error) || Date.now() + pauseMs > until) throw error;
      }
      await sleep(pauseMs);
    }
  };
  const waitForOperation: Client["waitForOperation"] = async (operationId) => {
    const until = Date.now() + 4 * patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
      const { body } = await call("getOperation", { params: { id: operationId } });
      if (ended.includes(body.state)) return body;
      if (Date.now() > until) throw new Error(`Operation ${operationId} is still ${body.state}.`);
      await sleep(pauseMs);
    }
  };
  return { call, waitForOperation };
}

async function send<Id extends OperationId>(
  base: string,
  secret: string | undefined,
  id: Id,
  request: Request<Id> & { key: string },
): Promise<Reply<Id>> {
  const route = routeOf(id);
  const headers = new Headers({ accept: "application/json" });
  if (secret !== undefined) headers.set("authorization", `Bearer ${secret}`);
  if (isWrite(route)) headers.set("idempotency-key", request.key);
  const body = bodyOf(request, headers);
  const response = await fetch(addressOf(base, route.path, request), {
    method: route.method,
    headers,
    signal: AbortSignal.timeout(requestMsMax),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
  const answer = isJson ? JSON.parse(text) : text;
  if (!response.ok) throw new ApiProblem(`${route.method} ${route.path}`, response.status, answer as Problem);
  return {
    status: response.status,
    body: answer as Answer<Id>,
    hit: response.headers.get("idempotency-hit") === "true",
  };
}

type Sent = Pick<Request<"registerInvestors">, "csv"> & { body?: unknown };
function bodyOf(request: Sent, headers: Headers): string | Uint8Array<ArrayBuffer> | undefined {
  if (request.csv !== undefined) {
    headers.set("content-type", "text/csv; charset=utf-8");
    return request.csv;
  }
  if (request.body === undefined) return undefined;
  headers.set("content-type", "application/json");
  return JSON.stringify(request.body);
}

function addressOf(base: string, path: string, request: { params?: unknown; query?: unknown }): URL {
  const params = (request.params ?? {}) as Record<string, string>;
  const url = new URL(
    path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? "")),
    base,
  );
  for (const [name, value] of Object.entries(request.query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

/** `fetch` throws TypeError when nobody listens or the connection breaks; the key makes it safe to send again. */
const mayRetry = (error: unknown): boolean =>
  error instanceof ApiProblem
    ? error.problem.retryable
    : error instanceof TypeError || error instanceof SyntaxError;

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
