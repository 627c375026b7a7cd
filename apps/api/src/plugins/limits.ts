import rateLimit from "@fastify/rate-limit";
import type { RateLimit } from "@genbo/api-schema/limits";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import type { ApiContext } from "../context.ts";
import { ProblemError } from "../http/problem.ts";

const windowMs = 60_000;
/** Keys and addresses that are counted at once; the least used is forgotten beyond that. */
const countersMax = 10_000;

const counted = (request: FastifyRequest): string => request.principal?.keyId ?? `ip:${request.ip}`;

/** One counter a key for each named limit, shared by all routes of that name; by address for who has no key. */
export async function rateLimits(
  app: FastifyInstance,
  ctx: Pick<ApiContext, "rateLimits">,
): Promise<Record<RateLimit, onRequestAsyncHookHandler>> {
  await app.register(rateLimit, {
    global: false,
    cache: countersMax,
    timeWindow: windowMs,
    keyGenerator: counted,
    errorResponseBuilder: (_request, { max }) =>
      new ProblemError("RATE_LIMITED", `This key may send ${max} such requests a minute.`),
  });
  const names = Object.entries(ctx.rateLimits) as [RateLimit, number][];
  const made = names.map(([name, max]) => [name, app.rateLimit({ max }) as onRequestAsyncHookHandler]);
  return Object.fromEntries(made);
}
