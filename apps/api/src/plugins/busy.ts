import { requestsUnderWayMax } from "@genbo/api-schema/limits";
import type { FastifyInstance } from "fastify";
import { ProblemError } from "../problem.ts";
import { routeOfRequest } from "./request.ts";

/**
 * Turns requests away before they cost anything while too many are under way. What a load balancer asks is answered
 * all the same: a process that is busy is alive and ready.
 */
export function refuseWhenBusy(app: FastifyInstance): void {
  let underWay = 0;
  app.addHook("onRequest", (request, reply, done) => {
    underWay += 1;
    // Comes after an answer and also when the caller has gone away.
    reply.raw.once("close", () => {
      underWay -= 1;
    });
    if (underWay > requestsUnderWayMax && routeOfRequest(request)?.limit !== null)
      done(new ProblemError("BUSY", "Too many requests are under way."));
    else done();
  });
}
