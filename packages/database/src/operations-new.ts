import type { Part } from "./commands-statement.ts";

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
  /** A smaller number is sent sooner; what one person waits for when left out. */
  priority?: number;
}

/** As the column's default. */
const priorityDefault = 5;

export const operationPart = (operation: NewOperation, rows: number): Part => ({
  name: "op",
  sql: (param, from) => {
    const text = (value: string | null) => param(value, "text");
    const at = param(operation.at, "timestamptz");
    return `insert into operation
      (id, ref, party_id, kind, state, issue_id, subject_id, maker, checker, rows, request_id, traceparent, accepted_at, updated_at)
      select ${text(operation.id)}, ${text(operation.ref)}, ${text(operation.partyId)}, ${text(operation.kind)},
        'accepted', ${text(operation.issueId)}, ${text(operation.subjectId)}, ${text(operation.maker)},
        ${text(operation.checker)}, ${param(rows, "int")}, ${text(operation.requestId)},
        ${text(operation.traceparent)}, ${at}, ${at}
      from ${from}`;
  },
});

/** Commands get their ids in the order of their rows: a lane keeps it. */
export const commandsPart = (operationId: string, commands: readonly NewCommand[]): Part => {
  const columns = "operation_id, row, signer, call, target, ref, args, priority";
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) {
    return {
      name: "cmd_one",
      sql: (param, from) => {
        const texts = [operationId, only.signer, only.call, only.target, only.ref];
        const [id, ...values] = texts.map((value) => param(value, "text"));
        const [args, priority] = [
          param(JSON.stringify(only.args), "jsonb"),
          param(priorityOf(only), "smallint"),
        ];
        return `insert into command (${columns}) select ${id}, 0, ${values.join(", ")}, ${args}, ${priority} from ${from}`;
      },
    };
  }
  return {
    name: "cmd",
    sql: (param, from) => {
      const texts = (of: (command: NewCommand) => string | null) => param(commands.map(of), "text[]");
      const arrays = [
        texts((each) => each.signer),
        texts((each) => each.call),
        texts((each) => each.target),
        texts((each) => each.ref),
        texts((each) => JSON.stringify(each.args)),
        param(commands.map(priorityOf), "smallint[]"),
      ];
      return `insert into command (${columns})
        select ${param(operationId, "text")}, t.n - 1, t.signer, t.call, t.target, t.ref, t.args::jsonb, t.priority
        from ${from}, unnest(${arrays.join(", ")}) with ordinality as t (signer, call, target, ref, args, priority, n)
        order by t.n`;
    },
  };
};

const priorityOf = ({ priority = priorityDefault }: NewCommand): number => priority;
