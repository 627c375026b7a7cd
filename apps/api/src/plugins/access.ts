import type { Route } from "@genbo/api-schema/route";
import { mayUse } from "@genbo/domain/permissions";
import type { FastifyRequest } from "fastify";
import type { Principals } from "../access/principals.ts";
import type { ApiContext } from "../context.ts";
import { ProblemError } from "../http/problem.ts";

/** Finds out who asks. It refuses nobody yet, so that the rate limit also counts who guesses keys. */
export const identify = (principals: Principals) => async (request: FastifyRequest) => {
  request.principal = (await principals.identify(request.headers.authorization)) ?? null;
};

/** Lets through who holds the route's scope in a role that may hold it. Everything else is denied. */
export const permit = (ctx: Pick<ApiContext, "profile">, route: Route) => async (request: FastifyRequest) => {
  if (route.scope === null) return;
  const { principal } = request;
  if (principal === null) throw new ProblemError("UNAUTHENTICATED", "The request has no key that works.");
  if (!mayUse(principal.role, principal.scopes, route.scope)) {
    throw new ProblemError("FORBIDDEN", `The route needs the scope ${route.scope}.`);
  }
  if (route.profile !== undefined && route.profile !== ctx.profile) {
    throw new ProblemError(
      "FORBIDDEN",
      "Time and money are real here: the sandbox is of the local profile alone.",
    );
  }
};
