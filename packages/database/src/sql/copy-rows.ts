import pg, { type Connection } from "pg";
import type { Column } from "./bulk.ts";
import type { Transaction } from "./connection.ts";
import { type CopyBytes, createCopyBytes } from "./copy-bytes.ts";

/** What waits to be written, its rows in PostgreSQL's own form already. */
export interface RowsToWrite {
  /** @throws what an INSERT would, for instance for a row that breaks a constraint */
  write(tx: Transaction): Promise<void>;
}

/** Rows that are in PostgreSQL's form as soon as they are added, so that nobody need keep them. */
export interface RowsToCopy<Row> extends RowsToWrite {
  /** Not once it was written. */
  add(row: Row): void;
}

/** For binary COPY, which costs PostgreSQL a quarter less than an INSERT from arrays. */
export function createRowsToCopy<Row>(table: string, columns: readonly Column<Row>[]): RowsToCopy<Row> {
  let bytes: CopyBytes<Row> | undefined;
  let ended: Buffer[] | undefined;
  const names = columns.map(({ name }) => name).join(", ");
  const text = `copy ${table} (${names}) from stdin (format binary)`;
  return {
    add: (row) => {
      bytes ??= createCopyBytes(columns);
      bytes.row(row);
    },
    write: async (tx) => {
      if (bytes === undefined) return;
      ended ??= bytes.end();
      const chunks = ended;
      await new Promise<void>((resolve, reject) => {
        tx.query(copyIn(text, chunks, (error) => (error ? reject(error) : resolve())));
      });
    },
  };
}

/** The same with these rows. */
export function withRows<Row>(made: RowsToCopy<Row>, rows: Iterable<Row>): RowsToWrite {
  for (const row of rows) made.add(row);
  return made;
}

/** Adds rows by COPY. */
export const copyRows = <Row>(
  tx: Transaction,
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> => withRows(createRowsToCopy(table, columns), rows).write(tx);

/** What pg's connection has for COPY, and its types leave out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * A query whose rows go out with it, before the server has said that it takes them: so it fits between others on a
 * connection that does not wait (`pipeline`). A server that refuses the statement leaves them unread.
 */
function copyIn(text: string, chunks: readonly Buffer[], callback: (error: Error | null) => void): pg.Query {
  return Object.assign(new pg.Query(text), {
    callback,
    submit: (connection: CopyConnection) => {
      connection.stream.cork();
      connection.query(text);
      for (const chunk of chunks) connection.sendCopyFromChunk(chunk);
      connection.endCopyFrom();
      connection.stream.uncork();
    },
    handleCopyInResponse: () => undefined,
  });
}
