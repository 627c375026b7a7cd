import type { OperationKind } from "@genbo/api-schema/operations";
import type { Route } from "@genbo/api-schema/route";
import { urgencyOf } from "@genbo/chain/urgency";
import { GuardLost } from "@genbo/database/commands/commands";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { Part } from "@genbo/database/commands/statement";
import type { Decision } from "@genbo/database/commands/write";
import type { Principal } from "@genbo/database/parties/keys";
import type { Queryable } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import type { AnswerOf, Call, Reply } from "./call.ts";
import { ProblemError } from "./problem.ts";

/** A write's call: it has a principal and a command. */
export type WriteCall<R extends Route> = Call<R> & { principal: Principal };

export interface OperationDraft {
  id: string;
  kind: OperationKind;
  issueId: string | null;
  subjectId: string | null;
  checker?: string;
}

/** What a handler decides to write and to answer. */
export interface Outcome<R extends Route> {
  answer: AnswerOf<R>;
  /** Part of the first answer alone, never stored: a key's secret. */
  shownOnce?: Readonly<Record<string, unknown>>;
  /** What it is about, for the audit trail; and ids, codes and counts. */
  target: string | null;
  detail?: Readonly<Record<string, unknown>>;
  /** Why personal data will be read. */
  purpose?: string | null;
  guard?: Part;
  writes?: readonly Part[];
  /** What the chain is asked for: an operation, and its rows. */
  work?: { operation: OperationDraft; commands: readonly NewCommand[] };
}

export interface CommandOptions {
  /** Holds the Idempotency-Key, in a transaction, from before `decide`: for files of many rows and for locks. */
  long?: boolean;
}

/**
 * Runs a write once for its Idempotency-Key and commits all that it decides in one SQL transaction.
 * @param decide throws ProblemError to refuse; then nothing is written but the audit row of the refusal
 */
export async function command<R extends Route>(
  ctx: ApiContext,
  call: WriteCall<R>,
  decide: (db: Queryable) => Promise<Outcome<R>>,
  options: CommandOptions = {},
): Promise<Reply> {
  const { principal, command: name, route, at } = call;
  if (name === null) throw new Error(`${route.operationId} is no write.`);
  let shown: string | undefined;
  let made: Outcome<R> | undefined;
  const span = ctx.traces.begin(route.operationId, call.trace);
  const request = {
    partyId: principal.partyId,
    route: route.operationId,
    ...name,
    at,
    long: options.long ?? false,
  };
  try {
    const answer = await ctx.runCommand(request, async (db) => {
      const outcome = await decide(db);
      ctx.reach("api.decided");
      if (outcome.work !== undefined) ctx.outbox.admit(outcome.work.operation.kind, outcome.work.commands);
      made = outcome;
      const { status, body } = outcome.answer as { status: Decision["status"]; body: object };
      if (outcome.shownOnce !== undefined) shown = JSON.stringify({ ...body, ...outcome.shownOnce });
      return decisionOf(call, outcome, status, JSON.stringify(body), span.traceparent);
    });
    ctx.reach("api.committed");
    if (!answer.hit && answer.status === 202) ctx.notifyCommands();
    if (!answer.hit && made?.work) ctx.metrics.accepted(made.work.operation.kind, made.work.commands.length);
    const text = answer.hit ? answer.body : (shown ?? answer.body);
    return {
      status: answer.status,
      text,
      hit: answer.hit,
      ...(answer.location !== null && { location: answer.location }),
    };
  } catch (error) {
    if (error instanceof GuardLost)
      throw new ProblemError("STATE_CONFLICT", "Somebody else has decided it meanwhile.");
    throw error;
  } finally {
    span.end({ requestId: call.requestId, ...(made?.work && { operationId: made.work.operation.id }) });
  }
}

function decisionOf<R extends Route>(
  { principal, route, requestId, at }: WriteCall<R>,
  outcome: Outcome<R>,
  status: Decision["status"],
  body: string,
  traceparent: string | null,
): Decision {
  const { guard, writes, work, target, detail = {}, purpose = null } = outcome;
  const { partyId, subject } = principal;
  return {
    status,
    body,
    location: work === undefined ? null : `/v1/operations/${work.operation.id}`,
    audit: {
      partyId,
      actor: subject,
      action: route.operationId,
      target,
      outcome: "done",
      purpose,
      detail: work === undefined ? detail : { ...detail, operationId: work.operation.id },
      requestId,
      at,
    },
    ...(guard && { guard }),
    ...(writes && { writes }),
    ...(work && {
      operation: {
        id: work.operation.id,
        ref: refOf(work.operation.id),
        partyId,
        kind: work.operation.kind,
        issueId: work.operation.issueId,
        subjectId: work.operation.subjectId,
        maker: subject,
        checker: work.operation.checker ?? null,
        requestId,
        traceparent,
        at,
      },
      commands: work.commands.map((each) => ({
        ...each,
        priority: urgencyOf(each.call, work.commands.length),
      })),
    }),
  };
}
