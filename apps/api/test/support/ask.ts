import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { problem as problemSchema } from "@genbo/api-schema/problem";
import { problemPath } from "@genbo/api-schema/problems";
import { isWrite, problemsOf } from "@genbo/api-schema/route";
import { type OperationId, routeOf } from "@genbo/api-schema/routes";
import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import type { z } from "zod";

export interface Question<Id extends OperationId> extends Omit<WireRequest<Id>, "body" | "query" | "params"> {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, unknown>>;
  /** Anything, as tests also send what is wrong. */
  body?: unknown;
  /** The body's bytes, instead of `body`. */
  payload?: string | Buffer;
  type?: string;
  /** Idempotency-Key; a new one if left out, none if null. */
  key?: string | null;
  headers?: Readonly<Record<string, string>>;
}

export interface Heard<Id extends OperationId> {
  status: number;
  /** Code of the problem; undefined for success. */
  code: string | undefined;
  body: WireAnswer<Id>;
  problem: z.output<typeof problemSchema>;
  headers: LightMyRequestResponse["headers"];
  text: string;
}

/** Asks a route with a key (or none) and checks that the answer is one that the route table promises. */
export type Ask = <Id extends OperationId>(
  secret: string | null,
  id: Id,
  question?: Question<Id>,
) => Promise<Heard<Id>>;

export const asker =
  (app: FastifyInstance): Ask =>
  async (secret, id, question = {}) => {
    const response = await app.inject(requestOf(secret, id, question));
    const { statusCode: status, headers, body: text } = response;
    const json = /[/+]json/.test(String(headers["content-type"])) ? JSON.parse(text) : text;
    if (!headers["x-request-id"]) throw new Error(`${id}: an answer without x-request-id`);
    const code = status < 400 ? undefined : (json as { code: string }).code;
    if (status < 400) checkAnswer(id, status, json, headers);
    else checkProblem(id, status, json, headers);
    return { status, code, body: json, problem: json, headers, text };
  };

function requestOf<Id extends OperationId>(
  secret: string | null,
  id: Id,
  question: Question<Id>,
): InjectOptions {
  const route = routeOf(id);
  const { params = {}, query = {}, body, payload, type, key, headers } = question;
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? name),
  );
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const sent = payload ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    method: route.method,
    url: search.length > 0 ? `${path}?${search.join("&")}` : path,
    headers: {
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
      ...(isWrite(route) && key !== null && { "idempotency-key": key ?? randomUUID() }),
      ...(sent !== undefined && { "content-type": type ?? "application/json" }),
      ...headers,
    },
    ...(sent !== undefined && { payload: sent }),
  };
}

function checkAnswer(
  id: OperationId,
  status: number,
  json: unknown,
  headers: Heard<OperationId>["headers"],
): void {
  const schema = routeOf(id).answers[status as 200];
  if (schema === undefined) throw new Error(`${id} answers ${status}, which it does not promise.`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Error(`${id} ${status}: ${parsed.error.message}\n${JSON.stringify(json)}`);
  // Schemas drop what they do not know, so a field that leaks makes a difference.
  if (!isDeepStrictEqual(parsed.data, json))
    throw new Error(`${id} ${status} says more: ${JSON.stringify(json)}`);
  const { location } = headers;
  if ((status === 202) !== (location !== undefined)) throw new Error(`${id} ${status}: Location ${location}`);
}

const fromAnywhere = ["NOT_READY", "BAD_REQUEST", "ROUTE_UNKNOWN"];

function checkProblem(
  id: OperationId,
  status: number,
  json: unknown,
  headers: Heard<OperationId>["headers"],
): void {
  const problem = problemSchema.parse(json);
  if (!isDeepStrictEqual(problem, json)) throw new Error(`${id} says more: ${JSON.stringify(json)}`);
  if (problem.status !== status || problem.type !== problemPath(problem.code))
    throw new Error(`${id}: ${json}`);
  if (!String(headers["content-type"]).startsWith("application/problem+json"))
    throw new Error(`${id}: no problem+json`);
  if (status >= 500 && status !== 503) throw new Error(`${id}: ${problem.code} ${problem.detail}`);
  const promised: string[] = [...problemsOf(routeOf(id)), ...fromAnywhere];
  if (!promised.includes(problem.code))
    throw new Error(`${id} answers ${problem.code}, which it does not promise.`);
}
