import { z } from "zod";
import { aggregatesQuery, registerAggregates } from "../aggregates.ts";
import { id } from "../primitives.ts";
import { route } from "../route.ts";

export const aggregateRoutes = [
  route({
    operationId: "readAggregates",
    method: "GET",
    path: "/v1/issues/{id}/register/aggregates",
    tag: "Register",
    summary: "Sums by class, size, region and broker as of a day's close, without persons and small cells",
    scope: "register:totals",
    params: z.strictObject({ id: id("iss") }),
    query: aggregatesQuery,
    answers: { 200: registerAggregates },
    limit: "read",
  }),
] as const;
