import { hash } from "node:crypto";
import type { Queryable } from "../sql/connection.ts";
import { type InsertPart, insertPart } from "./statement.ts";

/** What names a command of a party: its Idempotency-Key, and what was asked under it. */
export interface CommandKey {
  partyId: string;
  key: string;
  /** operationId of the route. */
  route: string;
  /** Keyed digest of path, query and body (packages/database/src/vault/keys.ts), as personal data may be in them. */
  bodyHash: string;
}

/** An answer as the first request got it, without what is shown only once. */
export interface StoredAnswer {
  status: number;
  /** The JSON text itself, so that a repeat gets the same bytes. */
  body: string;
  location: string | null;
}

/** IN_PROGRESS: another request holds the key now. REUSED: the key was used for something else. */
export class IdempotencyFault extends Error {
  readonly fault: "IN_PROGRESS" | "REUSED";
  constructor(fault: "IN_PROGRESS" | "REUSED") {
    super(`Idempotency-Key: ${fault}`);
    this.fault = fault;
  }
}

/** The advisory lock of a command: 64 bits of a hash, so two keys that meet by chance only wait for each other. */
export function lockOf({ partyId, key }: Pick<CommandKey, "partyId" | "key">): bigint {
  return hash("sha256", `${partyId}\n${key}`, "buffer").readBigInt64BE();
}

/** The answer given under this key before, if any. @throws IdempotencyFault REUSED */
export async function findAnswer(db: Queryable, command: CommandKey): Promise<StoredAnswer | undefined> {
  const found = await db.query<StoredAnswer & { route: string; body_hash: string }>({
    name: "find-answer",
    text: `select route, body_hash, status, body::text as body, location
           from idempotency where party_id = $1 and key = $2`,
    values: [command.partyId, command.key],
  });
  const row = found.rows[0];
  if (row === undefined) return undefined;
  if (row.route !== command.route || row.body_hash !== command.bodyHash) throw new IdempotencyFault("REUSED");
  return { status: row.status, body: row.body, location: row.location };
}

/** Tries to hold the key until the transaction ends. @throws IdempotencyFault IN_PROGRESS */
export async function holdKey(db: Queryable, command: CommandKey): Promise<void> {
  const held = await db.query<{ free: boolean }>("select pg_try_advisory_xact_lock($1::bigint) as free", [
    lockOf(command),
  ]);
  if (!held.rows[0]?.free) throw new IdempotencyFault("IN_PROGRESS");
}

interface AnswerRow {
  command: CommandKey;
  answer: StoredAnswer;
  at: Date;
}

/** Writes the answer. A key that is there already breaks the whole statement: nothing of a repeat is ever written. */
export const answerPart = (row: AnswerRow): InsertPart =>
  insertPart<AnswerRow>(
    "idempotency",
    {
      party_id: ["text", ({ command }) => command.partyId],
      key: ["text", ({ command }) => command.key],
      route: ["text", ({ command }) => command.route],
      body_hash: ["text", ({ command }) => command.bodyHash],
      status: ["int", ({ answer }) => answer.status],
      body: ["json", ({ answer }) => answer.body],
      location: ["text", ({ answer }) => answer.location],
      created_at: ["timestamptz", ({ at }) => at],
    },
    [row],
  );

/** Rows of one statement: it holds no lock for long. */
const forgottenMax = 10_000;

/** Deletes the answers of before; their keys are then free again. @returns how many */
export async function forgetAnswers(db: Queryable, before: Date): Promise<number> {
  for (let forgotten = 0; ; ) {
    const deleted = await db.query(
      `delete from idempotency where ctid = any(array(
         select ctid from idempotency where created_at < $1 limit ${forgottenMax}
       ))`,
      [before],
    );
    const count = deleted.rowCount ?? 0;
    forgotten += count;
    if (count < forgottenMax) return forgotten;
  }
}
