import { type Role, readsOfPersons, type Scope } from "@genbo/domain/permissions";
import { z } from "zod";
import type { RateLimit } from "./limits.ts";
import { type ProblemCode, problemOf } from "./problems.ts";
import { rolesWith } from "./roles.ts";

/** One route of the API. Registration, OpenAPI, the role × route matrix and the sdk are all made from it. */
export interface Route {
  operationId: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** OpenAPI form: `/v1/issues/{id}`. */
  path: string;
  tag: string;
  summary: string;
  /** The scope that a key must hold; null is open to everybody, and must be said. */
  scope: Scope | null;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Also reads text/csv into `body`. */
  csv?: boolean;
  /** A POST that changes nothing and so takes no Idempotency-Key. */
  readOnly?: boolean;
  /** The answer of each status that means success. Every write that ends on chain answers 202. */
  answers: Partial<Record<200 | 201 | 202 | 206, z.ZodType>>;
  /** Media type of the answers, when it is not JSON. */
  media?: string;
  /** What it answers beyond what every route of its kind answers (`problemsOf`). */
  problems?: readonly ProblemCode[];
  /** Null is unlimited: what a load balancer asks must answer however many others sit behind the same address. */
  limit: RateLimit | null;
  /** Exists in this profile alone. */
  profile?: "local";
}

export const route = <const R extends Route>(definition: R): R => definition;

/** The roles that may use a route: those whose keys may hold its scope. */
export const rolesOf = (of: Route): readonly Role[] | "everybody" =>
  of.scope === null ? "everybody" : rolesWith(of.scope);

/** A write takes an Idempotency-Key. */
export const isWrite = (of: Route): boolean => of.method !== "GET" && of.readOnly !== true;

/** Whether a route tells of persons: who they are, or which account has what. A wrong question to it is written down. */
export const readsPersons = (of: Route): boolean =>
  of.method === "GET" && of.scope !== null && readsOfPersons.has(of.scope);

/** Every problem that a route may answer, INTERNAL aside. */
export function problemsOf(of: Route): ProblemCode[] {
  const found = new Set<ProblemCode>(of.problems);
  const add = (when: unknown, ...codes: ProblemCode[]) => {
    if (when) for (const code of codes) found.add(code);
  };
  add(of.limit, "RATE_LIMITED", "BUSY");
  add(of.answers[202], "OUTBOX_FULL", "OUTBOX_SHARE");
  add(of.scope, "UNAUTHENTICATED", "FORBIDDEN");
  add(of.params, "NOT_FOUND");
  add(of.query, "INVALID_FIELD");
  add(
    isWrite(of),
    "INVALID_FIELD",
    "IDEMPOTENCY_KEY_MISSING",
    "IDEMPOTENCY_KEY_REUSED",
    "REQUEST_IN_PROGRESS",
  );
  add(of.body, "MALFORMED_JSON", "BAD_ENCODING", "BODY_TOO_LARGE", "MEDIA_TYPE", "INVALID_FIELD");
  const fields = { ...of.query?.shape, ...(of.body instanceof z.ZodObject && of.body.shape) };
  const asks = (name: string) => name in fields;
  add(asks("asOf"), "AS_OF_IN_FUTURE", "AS_OF_BEFORE_FIRST_ENTRY", "NO_SUCH_ENTRY");
  add(asks("knownAt"), "KNOWN_BEFORE_AS_OF");
  add(asks("minBlock") || asks("asOf"), "REGISTER_BEHIND");
  return [...found].sort();
}

/** Every status that a route promises. */
export const statusesOf = (of: Route): number[] =>
  [
    ...new Set([
      ...Object.keys(of.answers).map(Number),
      ...problemsOf(of).map((code) => problemOf(code).status),
    ]),
  ].sort();
