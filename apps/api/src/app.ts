import Fastify, { type FastifyInstance } from "fastify";
import { createPrincipals } from "./access/principals.ts";
import type { ApiContext } from "./context.ts";
import { runExports } from "./exports/runner.ts";
import type { Handlers } from "./http/call.ts";
import { ProblemError } from "./http/problem.ts";
import { registerRoutes } from "./http/register-routes.ts";
import { identify } from "./plugins/access.ts";
import { readBodies } from "./plugins/body.ts";
import { refuseWhenBusy, shareRoom } from "./plugins/busy.ts";
import { answerErrors, answerUnreadable, unclearHeaders } from "./plugins/errors.ts";
import { rateLimits } from "./plugins/limits.ts";
import { referencePath, serveReference } from "./plugins/reference.ts";
import { requestIdOf, routeOfRequest } from "./plugins/request.ts";
import { sweepAnswers } from "./process/sweep.ts";
import { allHandlers } from "./routes/all-handlers.ts";

/** A client that sends its request more slowly than this is cut off. */
const requestTimeoutMs = 30_000;
/**
 * A connection on which no byte moves for so long is cut off: an answer that nobody reads holds its place. Longer than
 * the last part of the largest workbook takes, which is made from its beginning.
 */
const silentSocketMs = 600_000;
/** Longer than a load balancer keeps an idle connection, so that it is the one to close. */
const keepAliveTimeoutMs = 75_000;
const pathParamCharsMax = 100;

/**
 * The api as a Fastify instance, ready to listen or to be asked by `inject`. Three rings: what is external (limits,
 * reference), what every request passes (ids, bodies, errors, who asks), and the routes of the table.
 */
export async function buildApp(ctx: ApiContext): Promise<FastifyInstance> {
  const onError = answerErrors(ctx);
  const app = Fastify({
    logger: false,
    trustProxy: ctx.trustedProxies.length > 0 ? [...ctx.trustedProxies] : false,
    genReqId: requestIdOf,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: silentSocketMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: pathParamCharsMax },
    clientErrorHandler: answerUnreadable,
    // Node's own answer to a request without Host is an empty one.
    http: { requireHostHeader: false },
    frameworkErrors: (error, request, reply) => void onError(error, request, reply),
  });
  denyByDefault(app);
  app.server.on("checkExpectation", ({ socket }) => answerUnreadable(new Error("Expect"), socket));
  const principals = createPrincipals(ctx);
  const exports = runExports(ctx);
  const sweeper = sweepAnswers(ctx);
  app.decorateRequest("principal", null);
  app.setErrorHandler(onError);
  app.setNotFoundHandler(() => {
    throw new ProblemError("ROUTE_UNKNOWN", "No route has this method and path.");
  });
  readBodies(app);
  app.addHook("onRequest", (request, reply, done) => {
    // Answers may hold personal data or a secret: nobody on the way keeps a copy, and no browser guesses a type.
    reply.headers({
      "x-request-id": request.id,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    done();
  });
  app.addHook("onRequest", (request, _reply, done) => done(unclearHeaders(request)));
  refuseWhenBusy(app);
  app.addHook("onRequest", identify(principals));
  shareRoom(app);
  logRequests(app, ctx);
  const limits = await rateLimits(app, ctx);
  await serveReference(app, limits.docs);
  registerRoutes(app, ctx, allHandlers(ctx, principals, exports) satisfies Handlers, limits);
  app.addHook("onClose", async () => {
    sweeper.close();
    await Promise.all([principals.close(), exports.close()]);
  });
  return app;
}

/** A route that is not made from the table, and so has no scope, cannot be registered. */
function denyByDefault(app: FastifyInstance): void {
  app.addHook("onRoute", ({ url, config }) => {
    const isReference = url === referencePath || url.startsWith(`${referencePath}/`);
    if (!isReference && config?.route === undefined) throw new Error(`${url} is not in the route table.`);
  });
}

function logRequests(app: FastifyInstance, { log, metrics }: ApiContext): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { statusCode, elapsedTime } = reply;
    metrics.requested(routeOfRequest(request)?.operationId ?? "none", statusCode, elapsedTime);
    // The route's pattern, never the URL: a query may hold personal data.
    log.debug("request", {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: statusCode,
      ms: Math.round(elapsedTime),
      keyId: request.principal?.keyId,
    });
    done();
  });
}
