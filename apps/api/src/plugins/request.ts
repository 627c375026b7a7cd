import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Route } from "@genbo/api-schema/route";
import type { Principal } from "@genbo/database/parties/keys";
import type { FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** The line of the route table that this route is made from. */
    route?: Route;
  }
}

/** A caller may name its request; anything that could break a log line or a header is replaced. */
const requestIdForm = /^[A-Za-z0-9._-]{1,64}$/;

export function requestIdOf(raw: Pick<IncomingMessage, "headers">): string {
  const given = raw.headers["x-request-id"];
  return typeof given === "string" && requestIdForm.test(given) ? given : randomUUID();
}

export const routeOfRequest = (request: FastifyRequest): Route | undefined =>
  request.routeOptions.config?.route;
