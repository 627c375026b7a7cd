import type { Command } from "@genbo/database/outbox";
import type { Touching } from "@genbo/database/outbox-queue";

type Touched = Pick<Command, "id" | "target" | "ref" | "args">;

/** Where the rows of a legal act (packages/chain/src/legal-calls.ts) name what they act on: accounts, and holds by id. */
const actingFields = ["from", "account", "wallet", "lost", "replacement", "holdId", "holdIds", "breaks"];

/** What a command takes from or rules over, and what it gives to. The index `command_acts` finds the first of these. */
export function touchesOf({ id, target, ref, args }: Touched): Touching {
  const rows = Array.isArray(args.rows) ? (args.rows as Record<string, unknown>[]) : [];
  const acts = [args, ...rows].flatMap((row) => actingFields.flatMap((field) => textsOf(row[field])));
  const gives = [args, ...rows].flatMap((row) => textsOf(row.to));
  return { id, target, acts: acts.length > 0 ? acts : [ref], gives };
}

/** All that two commands of one lane must share none of to change places. */
export function keysOf(command: Touched): string[] {
  const { acts, gives } = touchesOf(command);
  return [...new Set([command.ref, ...acts, ...gives])];
}

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
