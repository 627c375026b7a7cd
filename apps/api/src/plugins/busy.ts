import { requestsOfPartyMax, requestsUnderWayMax } from "@genbo/api-schema/limits";
import type { FastifyInstance } from "fastify";
import { ProblemError } from "../http/problem.ts";
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

/** Leaves room for the others: who reads slowly or waits for a block keeps its place for long. After who asks is known. */
export function shareRoom(app: FastifyInstance): void {
  const underWay = new Map<string, number>();
  app.addHook("onRequest", (request, reply, done) => {
    const party = request.principal?.partyId;
    // Gone while its key was looked for: it would not be heard closing any more.
    if (party === undefined || reply.raw.destroyed) return done();
    const count = (underWay.get(party) ?? 0) + 1;
    underWay.set(party, count);
    reply.raw.once("close", () => {
      const left = underWay.get(party)! - 1;
      if (left > 0) underWay.set(party, left);
      else underWay.delete(party);
    });
    if (count > requestsOfPartyMax && routeOfRequest(request)?.limit !== null)
      return done(new ProblemError("BUSY", "Too many requests of this party are under way."));
    done();
  });
}
