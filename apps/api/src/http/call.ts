import type { Route } from "@genbo/api-schema/route";
import type { OperationId, RouteOf } from "@genbo/api-schema/routes";
import type { Principal } from "@genbo/database/parties/keys";
import type { z } from "zod";
import type { Language } from "./problem.ts";

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A request after every check of its route: who asks, and what, in the types of its schemas. */
export interface Call<R extends Route = Route> {
  route: R;
  principal: R["scope"] extends null ? null : Principal;
  params: Parsed<R["params"]>;
  query: Parsed<R["query"]>;
  body: Parsed<R["body"]>;
  requestId: string;
  /** The caller's trace context, where it has one. */
  trace: string | null;
  language: Language;
  /** The platform's instant at which the request came: every time that it writes. */
  at: Date;
  /** Name and digest of a command; null for what changes nothing. */
  command: { key: string; bodyHash: string } | null;
  /** Of a file: the part that is asked for, and of which version (RFC 9110, 14.2 and 13.1.5). */
  range: string | undefined;
  ifRange: string | undefined;
}
export type CallOf<Id extends OperationId> = Call<RouteOf<Id>>;

/** An answer of a route: one of its statuses with the body promised for it. */
export type AnswerOf<R extends Route> = {
  [S in keyof R["answers"] & (200 | 201 | 202)]: R["answers"][S] extends z.ZodType
    ? { status: S; body: z.input<R["answers"][S]> }
    : never;
}[keyof R["answers"] & (200 | 201 | 202)];

/** What is sent. `text` is the JSON itself, when it was made or stored before. */
export interface Reply {
  status: number;
  text: string;
  location?: string;
  hit?: boolean;
}

/** An answer that is written while it is read: as long as it may be. Cut off where it fails. */
export interface Streamed {
  status: number;
  stream: AsyncIterable<string | Buffer>;
  /** What a browser saves it as. */
  fileName: string;
  /** Where it is not the media type of the route. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

export type Handler<Id extends OperationId> = (
  call: CallOf<Id>,
) => Promise<AnswerOf<RouteOf<Id>> | Reply | Streamed>;
/** Handlers of some routes: each module gives those of one capability. */
export type Handlers<Ids extends OperationId = OperationId> = { [Id in Ids]: Handler<Id> };
