import { type InsertPart, insertPart } from "./statement.ts";

export interface NewOperation {
  id: string;
  ref: string;
  partyId: string;
  kind: string;
  issueId: string | null;
  subjectId: string | null;
  maker: string;
  checker: string | null;
  requestId: string;
  /** Trace context under which its way to the register continues. */
  traceparent: string | null;
  at: Date;
}

/** One row of a call, for the worker (outbox). */
export interface NewCommand {
  signer: string;
  call: string;
  /** Address of the token; null = the one contract that the call belongs to. */
  target: string | null;
  ref: string;
  /** Bigints as decimal strings. */
  args: Readonly<Record<string, unknown>>;
}

/** With its class in the lane: a smaller number is sent sooner. */
export type QueuedCommand = NewCommand & { priority: number };

export const operationPart = (operation: NewOperation, rows: number): InsertPart =>
  insertPart<NewOperation & { rows: number }>(
    "operation",
    {
      id: ["text", (row) => row.id],
      ref: ["text", (row) => row.ref],
      party_id: ["text", (row) => row.partyId],
      kind: ["text", (row) => row.kind],
      state: ["text", () => "accepted"],
      issue_id: ["text", (row) => row.issueId],
      subject_id: ["text", (row) => row.subjectId],
      maker: ["text", (row) => row.maker],
      checker: ["text", (row) => row.checker],
      rows: ["int", (row) => row.rows],
      request_id: ["text", (row) => row.requestId],
      traceparent: ["text", (row) => row.traceparent],
      accepted_at: ["timestamptz", (row) => row.at],
      updated_at: ["timestamptz", (row) => row.at],
    },
    [{ ...operation, rows }],
  );

/** Commands get their ids in the order of their rows: a lane keeps it. */
export const commandsPart = (operationId: string, commands: readonly QueuedCommand[]): InsertPart =>
  insertPart<QueuedCommand & { operationId: string; row: number }>(
    "command",
    {
      operation_id: ["text", (row) => row.operationId],
      row: ["int", (row) => row.row],
      signer: ["text", (row) => row.signer],
      call: ["text", (row) => row.call],
      target: ["text", (row) => row.target],
      ref: ["text", (row) => row.ref],
      args: ["jsonb", (row) => JSON.stringify(row.args)],
      priority: ["smallint", (row) => row.priority],
    },
    commands.map((command, row) => ({ ...command, operationId, row })),
  );
