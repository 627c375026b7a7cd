import { Readable } from "node:stream";
import {
  bodyBytesMax,
  bulkBodyBytesMax,
  idempotencyKeyCharsMax,
  type RateLimit,
} from "@genbo/api-schema/limits";
import { isWrite, type Route } from "@genbo/api-schema/route";
import { routeTable } from "@genbo/api-schema/routes";
import { traceparentOf } from "@genbo/telemetry/traces";
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../context.ts";
import { permit } from "../plugins/access.ts";
import type { Body } from "../plugins/body.ts";
import type { Call, Handlers, Reply, Streamed } from "./call.ts";
import { csvReaders } from "./csv.ts";
import { languageOf, notFound, ProblemError } from "./problem.ts";
import { parse } from "./validate.ts";

/** Pieces of a streamed answer that are made before the client has taken the one before. */
const piecesAhead = 2;

type Answer = Reply | Streamed | { status: number; body: unknown };
type AnyHandler = (call: Call) => Promise<Answer>;

/** Registers every route of the table with its handler. What is not in the table cannot be registered (app.ts). */
export function registerRoutes(
  app: FastifyInstance,
  ctx: ApiContext,
  handlers: Handlers,
  limits: Record<RateLimit, onRequestAsyncHookHandler>,
): void {
  for (const route of routeTable as readonly Route[]) {
    const handler = handlers[route.operationId as keyof Handlers] as unknown as AnyHandler;
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      bodyLimit: route.limit === "bulk" ? bulkBodyBytesMax : bodyBytesMax,
      config: { route },
      onRequest: [...(route.limit === null ? [] : [limits[route.limit]]), permit(ctx, route)],
      handler: async (request, reply) => {
        const answer = await handler(callOf(ctx, route, request));
        return send(reply, route, answer);
      },
    });
  }
}

/** The query's parser leaves a broken percent code as it stands, which would then be looked for. */
function checkEncoding(url: string): void {
  if (!url.includes("%")) return;
  try {
    decodeURIComponent(url);
  } catch {
    throw new ProblemError("BAD_REQUEST", "The URL has percent codes that are no UTF-8.");
  }
}

function callOf(ctx: ApiContext, route: Route, request: FastifyRequest): Call {
  checkEncoding(request.url);
  const body = request.body as Body | undefined;
  const key = isWrite(route) ? keyOf(request) : null;
  const params = route.params?.safeParse(request.params);
  // An id of the wrong form is the id of nothing.
  if (params?.success === false) throw notFound();
  const call = {
    route,
    principal: request.principal,
    params: params?.data,
    query: queryOf(route, request),
    body: route.body && bodyOf(route, body),
    requestId: request.id,
    trace: traceparentOf(request.headers.traceparent),
    language: languageOf(request.headers["accept-language"]),
    at: ctx.clock.now(),
    range: request.headers.range,
    ifRange: oneOf(request.headers["if-range"]),
    command: key === null ? null : { key, bodyHash: digest(ctx, request, body) },
  };
  return call as Call;
}

/** A write is not done with a parameter that it does not know: it may be one that ought to have kept it from being done. */
const noQuery = z.strictObject({});

function queryOf(route: Route, request: FastifyRequest): unknown {
  const schema = route.query ?? (isWrite(route) ? noQuery : undefined);
  return schema && parse(schema, { ...(request.query as object) }, "query");
}

function bodyOf(route: Route, body: Body | undefined): unknown {
  if (body?.csv !== undefined) return csvReaders[route.operationId]!(body.csv);
  return parse(route.body!, body?.json === undefined ? {} : body.json, "");
}

/** A request is the same as an earlier one when it asks the same of the same path with the same bytes. */
function digest(ctx: ApiContext, request: FastifyRequest, body: Body | undefined): string {
  const type = request.headers["content-type"] ?? "";
  return ctx.vaultKeys.digest([request.url, body === undefined ? "" : type, body?.bytes ?? ""]);
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === "string" ? header : undefined;

const printable = /^[!-~]+$/;

function keyOf(request: FastifyRequest): string {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || key.length > idempotencyKeyCharsMax || !printable.test(key)) {
    throw new ProblemError(
      "IDEMPOTENCY_KEY_MISSING",
      "The header Idempotency-Key is missing or not of its form.",
    );
  }
  return key;
}

function send(reply: FastifyReply, route: Route, answer: Answer): FastifyReply {
  reply.code(answer.status).type(route.media ?? "application/json; charset=utf-8");
  if ("stream" in answer) {
    if (answer.type !== undefined) reply.type(answer.type);
    reply.header("content-disposition", `attachment; filename="${answer.fileName}"`);
    reply.headers(answer.headers ?? {});
    return reply.send(Readable.from(answer.stream, { highWaterMark: piecesAhead }));
  }
  if (!("text" in answer)) return reply.send(JSON.stringify(answer.body));
  if (answer.location !== undefined) reply.header("location", answer.location);
  if (answer.hit) reply.header("idempotency-hit", "true");
  return reply.send(answer.text);
}
