import { createHash } from "node:crypto";
import { type Pool, type Queryable, withConnection } from "../sql/connection.ts";
import { gatherer } from "../sql/gather.ts";
import { type AuditEntry, auditPart } from "./audit.ts";
import { answerPart, type CommandKey, lockOf } from "./idempotency.ts";
import { commandsPart, type NewOperation, operationPart, type QueuedCommand } from "./operations-new.ts";
import { type InsertPart, type Part, params, type Statement, valuesOnly } from "./statement.ts";

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
  commands?: readonly QueuedCommand[];
}

/** What a decided command writes. */
interface Writing {
  route: string;
  lock: bigint;
  guard: Part | undefined;
  parts: readonly Part[];
}

interface Written {
  /** Nobody else held the key, or nothing was written. */
  free: boolean;
  /** The guard found its row, or nothing was written. */
  won: boolean;
}

/** Writes what a command has decided. */
export type Write = (request: CommandRequest, decision: Decision) => Promise<Written>;

/** A longer statement would hold up what comes after it for more than it saves. */
const togetherMax = 64;

/** Writes a command in one statement, so in one round trip and one transaction even on a connection of the pool. */
export const writer =
  (db: Queryable): Write =>
  (request, decision) =>
    writeAlone(db, writingOf(request, decision));

/** The same, and together with commands of its kind that come at once: still one statement and one transaction. */
export function gatheringWriter(pool: Pool): Write {
  const kinds = new Map<string, (writing: Writing) => Promise<Written>>();
  return (request, decision) => {
    const writing = writingOf(request, decision);
    if (writing.guard !== undefined || !writing.parts.every(isOneRow)) return writeAlone(pool, writing);
    const kind = kindOf(writing);
    let write = kinds.get(kind);
    if (write === undefined) {
      write = gatherer<Writing, Written>({ run: (group) => writeTogether(pool, group), max: togetherMax });
      kinds.set(kind, write);
    }
    return write(writing);
  };
}

function writingOf(request: CommandRequest, decision: Decision): Writing {
  const { audit, guard, writes = [], operation, commands = [] } = decision;
  const answer = answerPart({ command: request, answer: decision, at: request.at });
  const parts: Part[] = [answer, auditPart(audit), ...writes];
  if (operation !== undefined) parts.push(operationPart(operation, commands.length));
  if (commands.length > 0) parts.push(commandsPart(operation!.id, commands));
  return { route: request.route, lock: lockOf(request), guard, parts };
}

/** A file, or what looks at more than its own new rows, goes alone: nobody waits for it, and it loses for nobody. */
const isOneRow = (part: Part): boolean => isInsert(part) && part.rows.length === 1;
const isInsert = (part: Part): part is InsertPart => "rows" in part;

/** Commands of one kind have statements of one text. */
const kindOf = ({ route, parts }: Writing): string => [route, ...parts.map(({ name }) => name)].join("+");

async function writeAlone(db: Queryable, { route, lock, guard, parts }: Writing): Promise<Written> {
  const written = await db.query<Written>(statementOf(route, lock, guard, parts));
  return written.rows[0]!;
}

async function writeTogether(pool: Pool, group: readonly Writing[]): Promise<Written[]> {
  const [first] = group;
  if (group.length === 1) return [await writeAlone(pool, first!)];
  const rowsOf = (at: number) => group.map(({ parts }) => parts[at] as InsertPart);
  const parts = first!.parts.map((_, at) => rowsOf(at)[0]!.joined(rowsOf(at)));
  const locks = group.map(({ lock }) => lock);
  const statement = statementOf(first!.route, locks, undefined, parts);
  // Whoever then runs alone finds no lock of this statement.
  const written = await withConnection(
    pool,
    async (client) => (await client.query<Written>(statement)).rows[0]!,
  );
  // Each alone then learns whether it is its own key.
  if (!written.free) throw new Error("Another request holds one of the keys.");
  return group.map(() => written);
}

/** Writes all parts, or nothing where a lock is not free or the guard finds no row. */
function statementOf(
  route: string,
  lock: bigint | readonly bigint[],
  guard: Part | undefined,
  parts: readonly Part[],
): Statement {
  const name = statementName(route, [...(guard ? [guard] : []), ...parts].map((part) => part.name).join("+"));
  const known = texts.get(name);
  const { param, values } = known === undefined ? params() : valuesOnly();
  const taken =
    typeof lock === "bigint"
      ? `select pg_try_advisory_xact_lock(${param(lock, "bigint")}) as free`
      : `select bool_and(pg_try_advisory_xact_lock(key)) as free from unnest(${param(lock, "bigint[]")}) key`;
  const ctes = [
    `held as materialized (${taken})`,
    "free as materialized (select 1 from held where held.free)",
  ];
  if (guard !== undefined) {
    ctes.push(`guard as (${guard.sql(param, "free")})`, "won as materialized (select 1 from guard limit 1)");
  }
  const from = guard === undefined ? "free" : "won";
  for (const part of parts) ctes.push(`${part.name} as (${part.sql(param, from)})`);
  const text =
    known ??
    `with ${ctes.join(",\n")}
    select (select held.free from held) as free, exists (select 1 from ${from}) as won`;
  texts.set(name, text);
  return { name, text, values };
}

/** Statements of one name have one text, so it is put together once: of the others only the values count. */
const texts = new Map<string, string>();

/** PostgreSQL cuts names at 63 bytes, and two that are cut alike would be one; so the parts are told by a hash. */
const hashes = new Map<string, string>();

function statementName(route: string, parts: string): string {
  let hash = hashes.get(parts);
  if (hash === undefined) {
    hash = createHash("sha256").update(parts).digest("hex").slice(0, 16);
    hashes.set(parts, hash);
  }
  return `${route}:${hash}`;
}
