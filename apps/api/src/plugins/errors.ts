import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ProblemCode } from "@genbo/api-schema/problems";
import { problemOf } from "@genbo/api-schema/problems";
import { type Route, readsPersons } from "@genbo/api-schema/route";
import { writeAudit } from "@genbo/database/commands/audit";
import { IdempotencyFault } from "@genbo/database/commands/idempotency";
import { databaseTrouble } from "@genbo/database/sql/unavailable";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { ApiContext } from "../context.ts";
import { languageOf, ProblemError, problemBody } from "../http/problem.ts";
import { routeOfRequest } from "./request.ts";

/** Refusals by a rule, as against faults of form: what an auditor asks after. */
const refusals: ReadonlySet<ProblemCode> = new Set([
  "TRANSFER_REFUSED",
  "SUPPLY_EXCEEDED",
  "CASE_REFUSED",
  "RECORD_DATE_REFUSED",
  "NO_LAWFUL_GROUND",
  "RIGHTS_REST",
  "DOCUMENT_DIFFERS",
]);
/** Writes by which a person demands what the law gives, or takes a register away: whatever is wrong with them is written down. */
const demands: ReadonlySet<string> = new Set([
  "requestInspection",
  "issueCertificate",
  "createExport",
  "grantInspection",
]);

/** Seconds after which a retryable problem is worth another try. */
const retryAfterS = "1";

/** Answers every error with a problem of the catalogue, and writes down what was denied or refused. */
export function answerErrors(ctx: ApiContext) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const problem = problemFrom(error);
    const { status, retryable } = problemOf(problem.code);
    ctx.metrics.refused(problem.code);
    if (problem.code === "INTERNAL") ctx.log.error("request failed", { requestId: request.id, error });
    else if (status >= 500) ctx.log.warn("not ready", { requestId: request.id, detail: problem.message });
    await audit(ctx, request, problem, status);
    reply.header("x-request-id", request.id);
    if (problem.code === "UNAUTHENTICATED") reply.header("www-authenticate", "Bearer");
    if (retryable && !reply.hasHeader("retry-after")) reply.header("retry-after", retryAfterS);
    reply.headers(problem.parts.headers ?? {});
    const language = languageOf(request.headers["accept-language"]);
    return reply
      .code(status)
      .type("application/problem+json; charset=utf-8")
      .send(JSON.stringify(problemBody(problem, request.id, language)));
  };
}

const unreadable = "The request's URL, headers or length cannot be read.";

/** Of two of these each reader on the way may take another one: whom we answer would not be whom a proxy let through. */
const oncePerRequest: ReadonlySet<string> = new Set(["host", "authorization", "content-type"]);

/** RFC 9112: a request of HTTP/1.1 names one host (3.2), and its coding is one that we read (6.1). */
export function unclearHeaders({ raw }: FastifyRequest): ProblemError | undefined {
  const { host, "transfer-encoding": coding = "chunked" } = raw.headers;
  const seen = new Set<string>();
  let isClear = (host !== undefined || raw.httpVersion !== "1.1") && coding.toLowerCase() === "chunked";
  for (let at = 0; at < raw.rawHeaders.length; at += 2) {
    const name = raw.rawHeaders[at]!.toLowerCase();
    if (!oncePerRequest.has(name)) continue;
    isClear &&= !seen.has(name);
    seen.add(name);
  }
  return isClear ? undefined : new ProblemError("BAD_REQUEST", unreadable);
}

/** Answers what Node's parser could not read as HTTP, before any request is there, with a problem too. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new ProblemError("BAD_REQUEST", unreadable);
  const text = JSON.stringify(problemBody(problem, randomUUID(), "en"));
  const { status } = problemOf(problem.code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}

async function audit(
  ctx: ApiContext,
  request: FastifyRequest,
  problem: ProblemError,
  status: number,
): Promise<void> {
  const { principal } = request;
  const route = routeOfRequest(request);
  const outcome = status === 403 ? "denied" : isRefusal(problem, status, route) ? "refused" : undefined;
  if (!principal || !route || outcome === undefined) return;
  const codes = problem.parts.failing?.map(({ code }) => code);
  const entry = {
    partyId: principal.partyId,
    actor: principal.subject,
    action: route.operationId,
    target: problem.parts.target ?? idIn(request.params),
    outcome,
    purpose: null,
    detail: { code: problem.code, ...(codes && { failing: codes }) },
    requestId: request.id,
    at: ctx.clock.now(),
  } as const;
  await writeAudit(ctx.pool, entry).catch((error) =>
    ctx.log.error("refusal not audited", { requestId: request.id, error }),
  );
}

const isRefusal = (problem: ProblemError, status: number, route: Route | undefined): boolean =>
  refusals.has(problem.code) ||
  (asksOfPersons(route) && isWrongQuestion(problem, status)) ||
  (problem.parts.rows?.some(({ failing }) => failing !== undefined) ?? false);

const asksOfPersons = (route: Route | undefined): boolean =>
  route !== undefined && (demands.has(route.operationId) || readsPersons(route));

/** Of nothing that the caller may see, as of no moment of ours, or badly put; who waits for a block has asked nothing wrong. */
const isWrongQuestion = ({ code, parts }: ProblemError, status: number): boolean =>
  status === 404 || status === 422 || (code === "REGISTER_BEHIND" && parts.pointer !== undefined);

/** The id in a path, where it has the form of one: anything else could be personal data. */
function idIn(params: unknown): string | null {
  const { id, number = id } = (params ?? {}) as { id?: unknown; number?: unknown };
  return typeof number === "string" && /^[a-z]{2,3}_[0-9a-f]{32}$/.test(number) ? number : null;
}

const byFastifyCode: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "BODY_TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "MEDIA_TYPE",
  FST_ERR_CTP_EMPTY_TYPE: "MEDIA_TYPE",
  FST_ERR_CTP_INVALID_JSON_BODY: "MALFORMED_JSON",
};

const details: Partial<Record<ProblemCode, string>> = {
  BODY_TOO_LARGE: "The body is larger than this route takes.",
  MEDIA_TYPE: "The body's Content-Type is missing, or one that this route does not read.",
};

function problemFrom(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof IdempotencyFault) return ofIdempotency(error);
  const trouble = databaseTrouble(error);
  if (trouble !== undefined) return new ProblemError("NOT_READY", trouble);
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : byFastifyCode[code];
  if (known !== undefined) return new ProblemError(known, details[known] ?? "The body cannot be read.");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ProblemError("BAD_REQUEST", unreadable);
  }
  return new ProblemError("INTERNAL", "The request could not be carried out.");
}

const ofIdempotency = ({ fault }: IdempotencyFault): ProblemError =>
  fault === "REUSED"
    ? new ProblemError("IDEMPOTENCY_KEY_REUSED", "The key stands for another route or another body.")
    : new ProblemError("REQUEST_IN_PROGRESS", "The first request with this key has not ended.");
