import type { z } from "zod";
import type { OperationId, RouteOf } from "./routes.ts";

type Input<Route, Part extends string> =
  Route extends Record<Part, infer S extends z.ZodType> ? z.input<S> : never;
type AnswersOf<Route> = Route extends { answers: infer Answers } ? Answers[keyof Answers] : never;

/** Path parameters, query and body of a route as a client gives them, before validation. */
export interface WireRequest<Id extends OperationId> {
  params?: Input<RouteOf<Id>, "params">;
  query?: Input<RouteOf<Id>, "query">;
  body?: Input<RouteOf<Id>, "body">;
}

/** The body that a route answers with, as a client gets it. */
export type WireAnswer<Id extends OperationId> =
  AnswersOf<RouteOf<Id>> extends infer S extends z.ZodType ? z.input<S> : never;
