import pg from "pg";
import { type Pool, type Queryable, withTransaction } from "../sql/connection.ts";
import { createGate } from "../sql/gate.ts";
import { findAnswer, holdKey, IdempotencyFault, type StoredAnswer } from "./idempotency.ts";
import { type CommandRequest, type Decision, gatheringWriter, type Write, writer } from "./write.ts";

/** The guard found no row: somebody else has decided meanwhile. Nothing was written. */
export class GuardLost extends Error {}

export type CommandAnswer = StoredAnswer & { hit: boolean };

/** Runs a command; see `commandRunner`. */
export type RunCommand = (
  request: CommandRequest,
  decide: (db: Queryable) => Promise<Decision>,
) => Promise<CommandAnswer>;

/** A long command takes about a second, and some twenty take their turns before one that comes with many others. */
const turnWaitMs = 20_000;

/**
 * Runs a command once: decides, and writes everything in one transaction. A short command looks for an earlier answer
 * only when it did not succeed, which spares the others a round trip: the key's unique constraint keeps it from
 * happening twice. A long one looks first, as its decision is dear or has effects outside the database.
 * Short commands that come at once are written together (ADR 0038).
 * @param decide reads what it needs and says what to write; it runs again after a serialization failure
 * @returns the answer; `hit` when it is that of an earlier request with the same key and body
 * @throws IdempotencyFault, GuardLost, GateFull, what `decide` throws, and unique violations of its writes
 */
export function commandRunner(pool: Pool): RunCommand {
  const write = gatheringWriter(pool);
  // A long command holds a connection while it asks on others: were every connection held so, each would wait for one
  // that none gives back. So half of them are for that.
  const inTurn = createGate(Math.max(1, Math.floor(pool.options.max / 2)), turnWaitMs);
  return async (request, decide) => {
    try {
      if (!request.long) return await decideAndWrite(pool, request, decide, write);
      return await inTurn(() =>
        withTransaction(pool, async (tx) => {
          await holdKey(tx, request);
          const before = await findAnswer(tx, request);
          if (before !== undefined) return { ...before, hit: true };
          return decideAndWrite(tx, request, decide, writer(tx));
        }),
      );
    } catch (error) {
      const answer =
        error instanceof IdempotencyFault ? undefined : await earlierAnswer(pool, request, error);
      if (answer === undefined) throw error;
      return { ...answer, hit: true };
    }
  };
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
  write: Write,
): Promise<CommandAnswer> {
  const decision = await decide(db);
  const { free, won } = await write(request, decision);
  if (!free) throw new IdempotencyFault("IN_PROGRESS");
  if (!won) throw new GuardLost();
  const { status, body, location } = decision;
  return { status, body, location, hit: false };
}

/** Whether an error is the violation of that constraint. */
export const isConstraint = (error: unknown, constraint: string): boolean =>
  error instanceof pg.DatabaseError && error.code === "23505" && error.constraint === constraint;
