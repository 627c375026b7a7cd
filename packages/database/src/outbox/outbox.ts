import type { Queryable, Transaction } from "../sql/connection.ts";
import { waitsInLane } from "./waiting.ts";

/** One row of a batch call that waits for its transaction. */
export interface Command {
  id: bigint;
  operationId: string;
  call: string;
  /** null is the contract that the call belongs to: factory, registry or manager. */
  target: string | null;
  ref: string;
  args: Readonly<Record<string, unknown>>;
  /** A smaller number is more urgent. */
  priority: number;
}

/** The channel on which the api says that commands wait. */
export const commandChannel = "command";
/** Payload on it: transactions that the node had are without a block again. */
export const rolledBackNotice = "rolled back";

/** Operations among these that somebody traces, each with its trace context. */
export async function tracedOperations(
  db: Queryable,
  ids: readonly string[],
): Promise<{ id: string; traceparent: string }[]> {
  const text = "select id, traceparent from operation where id = any($1) and traceparent is not null";
  return (await db.query<{ id: string; traceparent: string }>(text, [ids])).rows;
}

/** How many commands of all lanes wait; `most` when there are more. */
export async function queuedUpTo(db: Queryable, most: number): Promise<number> {
  const result = await db.query<{ waiting: number }>({
    name: "queued-up-to",
    text: `select count(*)::int as waiting from (select 1 from command c where ${waitsInLane("c")} limit $1) c`,
    values: [most],
  });
  return result.rows[0]!.waiting;
}

/** How many commands wait in each lane that has any; of more than `most` no more than that are counted. */
export async function queuedByLane(db: Queryable, most: number): Promise<Map<string, number>> {
  const { rows } = await db.query<{ signer: string; waiting: number }>({
    name: "queued-by-lane",
    text: `select signer, count(*)::int as waiting from (select signer from command c where ${waitsInLane("c")} limit $1) c
      group by signer`,
    values: [most],
  });
  return new Map(rows.map(({ signer, waiting }) => [signer, waiting]));
}

/** Commands wait no longer: the register has read that another transaction of their signer entered what they owed. */
export class CommandsGone extends Error {
  override readonly name = "CommandsGone";
}

/**
 * Ties commands to the rows of a stored transaction, in their order.
 * @throws CommandsGone when one has ended since it was chosen: nothing of the transaction may stand
 */
export async function takeCommands(
  tx: Transaction,
  transactionId: bigint,
  commands: readonly Command[],
): Promise<void> {
  const { rowCount } = await tx.query(
    `update command set state = 'taken', chain_tx_id = $1, tx_row = t.row - 1
     from unnest($2::bigint[]) with ordinality as t (id, row) where command.id = t.id and command.state = 'queued'`,
    [transactionId, commands.map(({ id }) => id)],
  );
  if (rowCount !== commands.length) throw new CommandsGone(`${rowCount} of ${commands.length} still wait.`);
}
