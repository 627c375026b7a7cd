import type { Command } from "@genbo/database/outbox/outbox";
import type { Touched } from "@genbo/database/outbox/queue";

/** A command's accounts. */
export interface Touches {
  /** Those that it takes from or rules over; its ref where it names none. */
  acts: readonly string[];
  gives: readonly string[];
}

/** Where the rows of a legal act (packages/chain/src/legal-calls.ts) name what they act on: accounts, and holds by id. */
const actingFields = ["from", "account", "wallet", "lost", "replacement", "holdId", "holdIds", "breaks"];

/** What a command takes from or rules over, and what it gives to. The index `command_acts` finds the first of these. */
export function touchesOf({ ref, args }: Pick<Command, "ref" | "args">): Touches {
  const rows = Array.isArray(args.rows) ? (args.rows as Record<string, unknown>[]) : [];
  const acts = [args, ...rows].flatMap((row) => actingFields.flatMap((field) => textsOf(row[field])));
  const gives = [args, ...rows].flatMap((row) => textsOf(row.to));
  return { acts: acts.length > 0 ? acts : [ref], gives };
}

/** All that two commands of one lane must share none of to change places. */
export function keysOf(command: Pick<Command, "ref" | "args">): string[] {
  const { acts, gives } = touchesOf(command);
  return [...new Set([command.ref, ...acts, ...gives])];
}

/** All that a batch, in its order, touches. */
export function touchedBy(batch: readonly Command[]): Touched[] {
  const found = new Map<string, Touched>();
  for (const command of batch) {
    const { acts, gives } = touchesOf(command);
    const last = command.id;
    for (const key of gives) found.set(key, { key, acts: found.get(key)?.acts ?? false, last });
    for (const key of acts) found.set(key, { key, acts: true, last });
  }
  return [...found.values()];
}

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
