import { createHash } from "node:crypto";
import pg from "pg";
import { type AuditEntry, auditPart } from "./audit.ts";
import { type Part, params, type Statement, valuesOnly } from "./commands-statement.ts";
import { type Pool, type Queryable, withTransaction } from "./connection.ts";
import { createGate, type Gate } from "./gate.ts";
import {
  answerPart,
  type CommandKey,
  findAnswer,
  holdKey,
  IdempotencyFault,
  lockOf,
  type StoredAnswer,
} from "./idempotency.ts";
import { commandsPart, type NewCommand, type NewOperation, operationPart } from "./operations-new.ts";

export interface CommandRequest extends CommandKey {
  at: Date;
  /** Holds the key from the first statement on: for commands that work long before they write. */
  long: boolean;
}

/** All that one command writes, in one SQL transaction. */
export interface Decision {
  status: 200 | 201 | 202;
  /** JSON text of the answer. Stands in the idempotency row: no personal data, no secret. */
  body: string;
  location: string | null;
  audit: AuditEntry;
  /** A conditional update that must touch a row, else the command loses: see GuardLost. */
  guard?: Part;
  writes?: readonly Part[];
  operation?: NewOperation;
  commands?: readonly NewCommand[];
}

/** The guard found no row: somebody else has decided meanwhile. Nothing was written. */
export class GuardLost extends Error {}

export type CommandAnswer = StoredAnswer & { hit: boolean };

/**
 * Runs a command once: decides, and writes everything in one transaction. A short command looks for an earlier answer
 * only when it did not succeed, which spares the others a round trip: the key's unique constraint keeps it from
 * happening twice. A long one looks first, as its decision is dear or has effects outside the database.
 * @param decide reads what it needs and says what to write; it runs again after a serialization failure
 * @returns the answer; `hit` when it is that of an earlier request with the same key and body
 * @throws IdempotencyFault, GuardLost, GateFull, what `decide` throws, and unique violations of its writes
 */
export async function runCommand(
  pool: Pool,
  request: CommandRequest,
  decide: (db: Queryable) => Promise<Decision>,
): Promise<CommandAnswer> {
  try {
    if (!request.long) return await decideAndWrite(pool, request, decide);
    return await gateOf(pool)(() =>
      withTransaction(pool, async (tx) => {
        await holdKey(tx, request);
        const before = await findAnswer(tx, request);
        return before === undefined ? decideAndWrite(tx, request, decide) : { ...before, hit: true };
      }),
    );
  } catch (error) {
    const answer = error instanceof IdempotencyFault ? undefined : await earlierAnswer(pool, request, error);
    if (answer === undefined) throw error;
    return { ...answer, hit: true };
  }
}

/** A long command takes about a second, and some twenty take their turns before one that comes with many others. */
const turnWaitMs = 20_000;
const gates = new WeakMap<Pool, Gate>();

/**
 * A long command holds a connection while it asks on others: were every connection held so, each would wait for one that
 * none gives back. So half of them are for that.
 */
function gateOf(pool: Pool): Gate {
  const gate = gates.get(pool) ?? createGate(Math.max(1, Math.floor(pool.options.max / 2)), turnWaitMs);
  gates.set(pool, gate);
  return gate;
}

/** What a repeat gets although the command would be refused, or break the key's constraint, by now. */
const earlierAnswer = (db: Queryable, request: CommandRequest, refusal: unknown) =>
  findAnswer(db, request).catch((cause: unknown) => {
    throw cause instanceof IdempotencyFault ? cause : refusal;
  });

async function decideAndWrite(
  db: Queryable,
  request: CommandRequest,
  decide: (db: Queryable) => Promise<Decision>,
): Promise<CommandAnswer> {
  const decision = await decide(db);
  const answer = { status: decision.status, body: decision.body, location: decision.location };
  const written = await db.query<{ free: boolean; answers: number }>(statementOf(request, decision, answer));
  const { free, answers } = written.rows[0]!;
  if (!free) throw new IdempotencyFault("IN_PROGRESS");
  if (answers === 0) throw new GuardLost();
  return { ...answer, hit: false };
}

/** One statement, so one round trip and one transaction even on a connection of the pool. */
function statementOf(request: CommandRequest, decision: Decision, answer: StoredAnswer): Statement {
  const { guard, operation, commands = [] } = decision;
  const parts: Part[] = [answerPart(request, answer, request.at)];
  parts.push(auditPart(decision.audit), ...(decision.writes ?? []));
  if (operation !== undefined) parts.push(operationPart(operation, commands.length));
  if (commands.length > 0) parts.push(commandsPart(operation!.id, commands));
  const name = statementName([
    request.route,
    ...(guard ? [guard.name] : []),
    ...parts.slice(2).map((part) => part.name),
  ]);
  const known = texts.get(name);
  const { param, values } = known === undefined ? params() : valuesOnly();
  const ctes = [
    `held as materialized (select pg_try_advisory_xact_lock(${param(lockOf(request), "bigint")}) as free)`,
    "free as materialized (select 1 from held where held.free)",
  ];
  if (guard !== undefined) ctes.push(`guard as (${guard.sql(param, "free")})`);
  for (const part of parts) {
    const from = part.name === "answer" ? (guard === undefined ? "free" : "guard") : "answer";
    ctes.push(`${part.name} as (${part.sql(param, from)})`);
  }
  const text =
    known ??
    `with ${ctes.join(",\n")}
    select (select held.free from held) as free, (select count(*)::int from answer) as answers`;
  texts.set(name, text);
  return { name, text, values };
}

/** Statements of one name have one text, so it is put together once: of the others only the values count. */
const texts = new Map<string, string>();

/** PostgreSQL cuts names at 63 bytes, and two that are cut alike would be one; so the parts are told by a hash. */
const partsNames = new Map<string, string>();

function statementName([route, ...parts]: readonly string[]): string {
  const names = parts.join("+");
  let hash = partsNames.get(names);
  if (hash === undefined) {
    hash = createHash("sha256").update(names).digest("hex").slice(0, 16);
    partsNames.set(names, hash);
  }
  return `${route}:${hash}`;
}

/** Whether an error is the violation of that constraint. */
export const isConstraint = (error: unknown, constraint: string): boolean =>
  error instanceof pg.DatabaseError && error.code === "23505" && error.constraint === constraint;
