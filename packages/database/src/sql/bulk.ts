import type { Queryable } from "./connection.ts";

/** A column to fill: its PostgreSQL type and, where it is not the row's own property, how to get the value. */
export interface Column<Row> {
  name: string;
  type: string;
  of(row: Row): unknown;
}

export const column = <Row>(name: string, type: string, of: (row: Row) => unknown): Column<Row> => ({
  name,
  type,
  of,
});

/** Inserts rows in one statement, one array a column; none of the columns is an array itself. */
export async function insertRows<Row>(
  db: Queryable,
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  onConflict = "",
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(({ name }) => name).join(", ");
  const source = `unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ")})`;
  const text = `insert into ${table} (${names}) select ${names} from ${source} as t (${names}) ${onConflict}`;
  await db.query(
    text,
    columns.map(({ of }) => rows.map(of)),
  );
}

/** An array of addresses, words, ids or numbers, which need no quotes: half the time of the driver's for thousands. */
export const bareArray = (items: readonly (string | number | bigint)[]): string => `{${items.join(",")}}`;

/** A text array as PostgreSQL writes it. */
export const arrayText = (items: readonly string[]): string =>
  `{${items.map((item) => `"${item.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
