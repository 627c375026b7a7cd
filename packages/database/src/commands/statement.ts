/** Gives a value its place in the statement: `$3::text`. */
export type Param = (value: unknown, type: string) => string;

/** One write of a statement: a CTE that takes its rows only if `from` has one. */
export interface Part {
  /** Name of the CTE; parts of one statement differ in it. */
  name: string;
  sql(param: Param, from: string): string;
}

export interface Statement {
  /** Statements of one name have one text, so that PostgreSQL plans them once a connection. */
  name: string;
  text: string;
  values: unknown[];
}

/** Puts values into a statement in the order in which its text names them. */
export function params(): { param: Param; values: unknown[] } {
  const values: unknown[] = [];
  return { param: (value, type) => `$${values.push(value)}::${type}`, values };
}

/** The values alone, for a statement whose text is known. */
export function valuesOnly(): { param: Param; values: unknown[] } {
  const values: unknown[] = [];
  const param: Param = (value) => {
    values.push(value);
    return "";
  };
  return { param, values };
}

/** A column's PostgreSQL type and its value in a row. An array column takes its value as text (`arrayText`). */
export type ColumnOf<Row> = readonly [type: string, of: (row: Row) => unknown];

/** A part that inserts rows and does nothing else: those of several commands can be written as one. */
export interface InsertPart extends Part {
  rows: readonly unknown[];
  /** The same part with the rows of all parts of its name. */
  joined(parts: readonly InsertPart[]): InsertPart;
}

/**
 * A part that inserts rows in their order, one array a column: unnest would flatten an array column, so that one goes as
 * text. One row goes without arrays, which saves PostgreSQL taking them apart.
 */
export function insertPart<Row>(
  table: string,
  columns: Readonly<Record<string, ColumnOf<Row>>>,
  rows: readonly Row[],
): InsertPart {
  const [only] = rows;
  const alone = rows.length === 1 && only !== undefined;
  return {
    name: alone ? `new_${table}_one` : `new_${table}`,
    rows,
    joined: (parts) => insertPart(table, columns, parts.flatMap((part) => part.rows) as Row[]),
    sql: alone ? oneRow(table, columns, only) : manyRows(table, columns, rows),
  };
}

function oneRow<Row>(table: string, columns: Readonly<Record<string, ColumnOf<Row>>>, row: Row): Part["sql"] {
  return (param, from) => {
    const values = Object.values(columns).map(([type, of]) => param(of(row), type));
    return `insert into ${table} (${Object.keys(columns).join(", ")}) select ${values.join(", ")} from ${from}`;
  };
}

function manyRows<Row>(
  table: string,
  columns: Readonly<Record<string, ColumnOf<Row>>>,
  rows: readonly Row[],
): Part["sql"] {
  return (param, from) => {
    const names = Object.keys(columns).join(", ");
    const arrays = Object.values(columns).map(([type, of]) => param(rows.map(of), `${elementType(type)}[]`));
    const fields = Object.entries(columns).map(([name, [type]]) => `t.${name}::${type}`);
    return `insert into ${table} (${names})
      select ${fields.join(", ")} from ${from}, unnest(${arrays.join(", ")}) with ordinality as t (${names}, n)
      order by t.n`;
  };
}

const elementType = (type: string): string => (type.endsWith("[]") ? "text" : type);
