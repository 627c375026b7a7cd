import type { Queryable, Transaction } from "../sql/connection.ts";
import { newSchema, registerTables } from "./rebuild-tables.ts";

/** The rows of one table and issue in which the live register differs from the rebuilt one, by the first of them. */
export interface TableDifference {
  table: string;
  /** Null for what belongs to no issue. */
  issueId: string | null;
  rows: number;
  /** Of the first row. */
  key: Record<string, string>;
  /** `extra`: the live register has it alone. `missing`: the rebuilt one has it alone. */
  what: "differs" | "missing" | "extra";
  /** What the first row says otherwise, as text: the live register and the chain. */
  columns: { name: string; live: string | null; chain: string | null }[];
}

interface Comparison {
  table: string;
  /** Columns that say when somebody looked, not what the chain says (ADR 0034). */
  notFromChain?: readonly string[];
  /** Columns that count; all when left out. */
  only?: readonly string[];
  /** Rows that count, in SQL. */
  where?: string;
}

const comparisons: readonly Comparison[] = registerTables.map((table): Comparison => {
  switch (table) {
    case "chain_block":
      // Blocks without a line are forgotten with time.
      return {
        table,
        where: `(l.number is not null and r.number is not null
          or exists (select 1 from ${newSchema}.entry e where e.block_number = coalesce(l.number, r.number))
          or exists (select 1 from ${newSchema}.registry_record e where e.block_number = coalesce(l.number, r.number)))`,
      };
    case "record_date_list":
      return { table, notFromChain: ["block_number", "block_hash", "frozen_at"] };
    case "register_root":
      return { table, notFromChain: ["block_number", "operation_id"] };
    default:
      return { table };
  }
});
const tokens: Comparison = { table: "issue", only: ["token", "code_hash", "deployed_block"] };

/** Every difference of the live register and the rebuilt one, the first row of each table and issue. */
export async function compareRegisters(tx: Transaction): Promise<TableDifference[]> {
  const found: TableDifference[] = [];
  for (const each of [tokens, ...comparisons]) found.push(...(await compare(tx, each)));
  return found;
}

interface DifferingRow {
  issue: string | null;
  rows: number;
  keys: string[];
  live: (string | null)[];
  chain: (string | null)[];
  has_live: boolean;
  has_chain: boolean;
}

async function compare(
  db: Queryable,
  { table, notFromChain = [], only, where = "true" }: Comparison,
): Promise<TableDifference[]> {
  const { all, keys, json } = await columnsOf(db, table);
  const counted = only ?? all.filter((name) => !notFromChain.includes(name));
  // What json says is compared as it is written: the type has no equality.
  const list = (side: string) =>
    counted.map((name) => `${side}.${name}${json.includes(name) ? "::text" : ""}`).join(", ");
  const texts = (side: string) => counted.map((name) => `${side}.${name}::text`).join(", ");
  const either = (name: string) => `coalesce(l.${name}, r.${name})`;
  const issue =
    table === "issue" ? either("id") : all.includes("issue_id") ? either("issue_id") : "null::text";
  const result = await db.query<DifferingRow>(
    `with differing as (
       select ${issue} as issue, ${keys.map((key) => `${either(key)} as k_${key}`).join(", ")},
         array[${texts("l")}] as live, array[${texts("r")}] as chain,
         l.${keys[0]} is not null as has_live, r.${keys[0]} is not null as has_chain
       from public.${table} l full join ${newSchema}.${table} r using (${keys.join(", ")})
       where row(${list("l")}) is distinct from row(${list("r")}) and ${where}
     )
     select distinct on (issue) issue, count(*) over (partition by issue)::integer as rows,
       array[${keys.map((key) => `k_${key}::text`).join(", ")}] as keys, live, chain, has_live, has_chain
     from differing order by issue, ${keys.map((key) => `k_${key}`).join(", ")}`,
  );
  return result.rows.map((row) => ({
    table,
    issueId: row.issue,
    rows: row.rows,
    key: Object.fromEntries(keys.map((key, index) => [key, row.keys[index]!])),
    what: row.has_live && row.has_chain ? "differs" : row.has_live ? "extra" : "missing",
    columns: counted.flatMap((name, index) => {
      const [live, chain] = [row.live[index] ?? null, row.chain[index] ?? null];
      return live === chain ? [] : [{ name, live, chain }];
    }),
  }));
}

async function columnsOf(
  db: Queryable,
  table: string,
): Promise<{ all: string[]; keys: string[]; json: string[] }> {
  const result = await db.query<{ name: string; is_key: boolean; is_json: boolean }>(
    `select a.attname as name, coalesce(a.attnum = any(i.indkey), false) as is_key,
       a.atttypid = 'json'::regtype as is_json
     from pg_attribute a join pg_index i on i.indrelid = a.attrelid and i.indisprimary
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
     order by array_position(i.indkey::int2[], a.attnum), a.attnum`,
    [`public.${table}`],
  );
  return {
    all: result.rows.map(({ name }) => name),
    keys: result.rows.filter((row) => row.is_key).map(({ name }) => name),
    json: result.rows.filter((row) => row.is_json).map(({ name }) => name),
  };
}
