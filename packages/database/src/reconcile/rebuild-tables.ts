import { type Pool, type Queryable, type Transaction, withTransaction } from "../sql/connection.ts";
import { waitBriefly } from "../sql/lock-briefly.ts";

/** Where a register is built beside the live one, and where the replaced one is kept after a switch. */
export const newSchema = "register_new";
export const oldSchema = "register_old";

/** The tables of the register: every row follows from the chain. A table stands after those that it refers to. */
export const registerTables = [
  "chain_block",
  "chain_cursor",
  "registry_record",
  "account",
  "entry",
  "holding_period",
  "hold",
  "issue_state",
  "record_date_list",
  "register_root",
  "anchor",
] as const;

/**
 * What the fold writes besides, and what is not switched: tokens of issues, whose other columns are the api's, and the
 * breaks that a rebuild comes to by itself.
 */
const ownTables = ["issue", "register_break"] as const;

/** Bare names mean the new register's tables where there are any, else the live ones. */
export const newFirst = [newSchema, "public"] as const;

/** By which code the new register is being built; undefined where there is none. */
export async function rebuiltBy(db: Queryable): Promise<string | undefined> {
  const text = "select obj_description(to_regnamespace($1)::oid, 'pg_namespace') as code";
  const found = await db.query<{ code: string | null }>(text, [newSchema]);
  return found.rows[0]?.code ?? undefined;
}

/**
 * Makes empty tables for a new register, exactly as the live ones are: columns, constraints, indexes and grants are
 * read from the catalog, so that there is one definition, the migrations'. What was there of an earlier one goes.
 * @param code by which it is going to be built
 */
export async function beginRebuild(tx: Transaction, code: string): Promise<void> {
  await waitBriefly(tx);
  await dropSchema(tx, newSchema);
  await tx.query(`create schema ${newSchema}`);
  await tx.query(`comment on schema ${newSchema} is ${literal(code)}`);
  // Every name of a definition comes with its schema.
  await tx.query("set local search_path = pg_catalog");
  for (const table of registerTables) await copyTable(tx, table);
  for (const table of ownTables)
    await tx.query(`create table ${newSchema}.${table} (like public.${table} including all)`);
  await tx.query(`set local search_path = ${newFirst.join(", ")}`);
}

export const dropSchema = async (tx: Queryable, schema: string): Promise<void> =>
  void (await tx.query(`drop schema if exists ${schema} cascade`));

export async function hasSchema(db: Queryable, schema: string): Promise<boolean> {
  const found = await db.query("select 1 from pg_namespace where nspname = $1", [schema]);
  return found.rows.length > 0;
}

async function copyTable(tx: Transaction, table: string): Promise<void> {
  const copy = `${newSchema}.${table}`;
  await tx.query(
    `create table ${copy} (like public.${table} including all excluding indexes excluding statistics)`,
  );
  for (const each of await definitions(tx, table)) if (!each.later) await tx.query(each.text);
}

/** Adds what many rows are the quicker written without, as far as it is missing. */
export const completeTables = (pool: Pool): Promise<void> =>
  withTransaction(pool, async (tx) => {
    await tx.query("set local search_path = pg_catalog");
    for (const table of registerTables) for (const { text } of await missing(tx, table)) await tx.query(text);
  });

async function missing(tx: Transaction, table: string): Promise<Definition[]> {
  const found = await tx.query<{ name: string }>(
    "select relname as name from pg_index join pg_class c on c.oid = indexrelid where indrelid = $1::regclass",
    [`${newSchema}.${table}`],
  );
  const has = new Set(found.rows.map(({ name }) => name));
  return (await definitions(tx, table)).filter(({ later, name }) => later && !has.has(name));
}

interface Definition {
  name: string;
  text: string;
  /** An index of entries by which nothing is folded. */
  later: boolean;
}

/** Statements that give the copy of a table its keys, indexes, references and grants under their own names. */
async function definitions(db: Queryable, table: string): Promise<Definition[]> {
  const copy = `${newSchema}.${table}`;
  const found = await db.query<Definition>(
    `select conname as name, false as later, 1 as step,
       format('alter table ${copy} add constraint %I %s', conname, pg_get_constraintdef(oid)) as text
       from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u', 'f')
     union all
     select c.relname, indrelid = 'public.entry'::regclass and not indisunique and indpred is null, 2,
       pg_get_indexdef(indexrelid)
       from pg_index i join pg_class c on c.oid = indexrelid where indrelid = $1::regclass
       and not exists (select 1 from pg_constraint where conindid = i.indexrelid and conrelid = i.indrelid)
     union all
     select '', false, 3, format('grant %s on ${copy} to %I', a.privilege_type, r.rolname)
       from pg_class c cross join aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
       where c.oid = $1::regclass and a.grantee <> c.relowner
     union all
     select '', false, 3, format('grant %s (%I) on ${copy} to %I', a.privilege_type, t.attname, r.rolname)
       from pg_attribute t cross join aclexplode(t.attacl) a join pg_roles r on r.oid = a.grantee
       where t.attrelid = $1::regclass
     order by step`,
    [`public.${table}`],
  );
  return found.rows.map((row) => ({ ...row, text: inNewSchema(row.text) }));
}

/** Indexes stand on the copy, and tables of a register refer to each other. */
function inNewSchema(definition: string): string {
  const text = definition.replace(/ ON public\.(\w+) USING /, ` ON ${newSchema}.$1 USING `);
  return text.replace(/ REFERENCES public\.(\w+)/, (whole, referred: string) =>
    registerTables.some((table) => table === referred) ? ` REFERENCES ${newSchema}.${referred}` : whole,
  );
}

/** Issues that came since, as they were before the chain said anything of them. */
export async function addIssues(tx: Transaction): Promise<void> {
  await tx.query(
    `insert into ${newSchema}.issue
     select (jsonb_populate_record(live, '{"state": "approved", "token": null, "code_hash": null, "deployed_block": null}')).*
     from public.issue live where not exists (select 1 from ${newSchema}.issue made where made.id = live.id)`,
  );
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** So that the planner knows the tables that it has not seen grow. */
export async function analyzeRebuilt(db: Queryable): Promise<void> {
  for (const table of registerTables) await db.query(`analyze ${newSchema}.${table}`);
}

/** A place where the chain does not fold, as the rebuild found it. */
export interface OwnFault {
  issueId: string | null;
  kind: string;
  message: string;
  block: number;
}

export async function ownFaults(db: Queryable): Promise<OwnFault[]> {
  const found = await db.query<{
    issue_id: string | null;
    kind: string;
    message: string;
    block_number: bigint;
  }>(
    `select issue_id, kind, detail ->> 'message' as message, block_number from ${newSchema}.register_break order by opened_at, id`,
  );
  return found.rows.map(({ issue_id, block_number, ...row }) => ({
    issueId: issue_id,
    block: Number(block_number),
    ...row,
  }));
}
