import { z } from "zod";
import { idempotencyKeyCharsMax, rateLimits } from "./limits.ts";
import { namedSchemas } from "./named.ts";
import { problem } from "./problem.ts";
import { type ProblemCode, problemOf } from "./problems.ts";
import { isWrite, problemsOf, type Route, rolesOf } from "./route.ts";
import { routeTable } from "./routes.ts";

type Json = Record<string, unknown>;
const refTo = (name: string) => `#/components/schemas/${name}`;
/** Named schemas are referred to; the rest (query and path parameters) stands where it is used. */
const convert = { io: "input", target: "draft-2020-12", uri: refTo } as const;

/** The OpenAPI 3.1 document of the route table. */
export function openApiDocument(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Genbo",
      version,
      summary: "Issues security tokens and keeps the legal register (原簿) that makes each transfer good",
      description: introduction,
    },
    servers: [{ url: "/" }],
    security: [{ apiKey: [] }],
    tags: [...new Set(routeTable.map((each) => each.tag))].map((name) => ({ name })),
    paths: pathsOf(routeTable),
    components: {
      schemas: schemas(),
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", bearerFormat: "API key" } },
    },
  };
}

const introduction = `Amounts are decimal strings. Days are days in Japan. Every write takes an \`Idempotency-Key\`: the
same key and body give the same answer with \`Idempotency-Hit: true\`. A write that ends on chain answers 202 with the
operation at \`Location\`. Errors are RFC 9457 problems with a stable \`code\`.`;

function pathsOf(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const each of routes) {
    const item = paths[each.path] ?? {};
    paths[each.path] = item;
    item[each.method.toLowerCase()] = operationOf(each);
  }
  return paths;
}

function operationOf(route: Route): Json {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: describe(route),
    ...(route.scope === null ? { security: [] } : {}),
    parameters: [
      ...parametersOf("path", route.params),
      ...parametersOf("query", route.query),
      ...(isWrite(route) ? [idempotencyKey] : []),
    ],
    ...(route.body ? { requestBody: requestBody(route) } : {}),
    responses: { ...answersOf(route), ...problemAnswers(route) },
  };
}

function describe(route: Route): string {
  const rate = route.limit === null ? "Unlimited" : `${rateLimits[route.limit]} requests a minute`;
  if (route.scope === null) return `Open to everybody. ${rate}.`;
  const roles = rolesOf(route);
  return `Scope \`${route.scope}\`; roles ${[...roles].join(", ")}. ${rate} and key (\`${route.limit}\`).`;
}

function parametersOf(place: "path" | "query", fields: z.ZodObject | undefined): Json[] {
  return Object.entries(fields?.shape ?? {}).map(([name, schema]) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema as z.ZodType, convert) as Json;
    const required = place === "path" || !(schema as z.ZodType).safeParse(undefined).success;
    return { name, in: place, required, schema: json };
  });
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: true,
  description: "New for each command, the same for its repeats",
  schema: { type: "string", minLength: 1, maxLength: idempotencyKeyCharsMax, pattern: "^[!-~]+$" },
};

function requestBody(route: Route): Json {
  const json = { "application/json": { schema: { $ref: refTo(nameOf(route.body!)) } } };
  const csv = { "text/csv": { schema: { type: "string" } } };
  return { required: true, content: { ...json, ...(route.csv ? csv : {}) } };
}

function answersOf(route: Route): Json {
  const answers = Object.entries(route.answers).map(([status, schema]) => {
    const headers: Json = { "x-request-id": header("Id of this request, in our logs and audit trail") };
    if (status === "202") headers.Location = header("The operation to follow");
    if (isWrite(route)) headers["Idempotency-Hit"] = header("`true` on the repeat of an earlier request");
    const content = { [route.media ?? "application/json"]: { schema: { $ref: refTo(nameOf(schema)) } } };
    return [status, { description: descriptions[status] ?? "Done", headers, content }];
  });
  return Object.fromEntries(answers);
}

const descriptions: Record<string, string> = {
  200: "Done, or nothing to do",
  201: "Created",
  202: "Accepted: it ends on chain",
  206: "The part that `Range` asked for",
};

const header = (description: string) => ({ description, schema: { type: "string" } });

function problemAnswers(route: Route): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...problemsOf(route), "INTERNAL" as const]) {
    const { status } = problemOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { "application/problem+json": { schema: { $ref: refTo(nameOf(problem)) } } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [String(status), { description: codes.join(", "), content }]),
  );
}

function nameOf(schema: z.ZodType): string {
  const name = namedSchemas.get(schema)?.id;
  if (name === undefined) throw new Error("A body or answer of the route table has no name (see named.ts).");
  return name;
}

function schemas(): Json {
  const { schemas: all } = z.toJSONSchema(namedSchemas, convert) as { schemas: Record<string, Json> };
  const clean = Object.entries(all).map(([name, { $schema: _, $id: __, id: ___, ...json }]) => [name, json]);
  return Object.fromEntries(clean);
}
