import { beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";

/** Rows that follow from the chain. Whoever could write one could forge the register. */
const registerTables = [
  "chain_block",
  "chain_cursor",
  "registry_record",
  "account",
  "entry",
  "holding_period",
  "hold",
  "issue_state",
  "record_date_list",
  "event",
  "register_break",
];
/** What compliance decides about a break, and nothing else of it. */
const breakDecision = ["closed_at", "closed_by", "closed_checker", "reason"];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

/** A column of each table that an update can name, and the privileges that PostgreSQL itself reports. */
const privileges = async (role: string) => {
  const { rows } = await database.pool("genbo").query<{ table: string; privilege: string }>(
    `select table_name as table, privilege_type as privilege from information_schema.role_table_grants
     where grantee = $1 and privilege_type <> 'SELECT'
     union select table_name, 'UPDATE ' || column_name from information_schema.column_privileges
     where grantee = $1 and privilege_type = 'UPDATE'`,
    [role],
  );
  return rows;
};

test.each(["genbo_api", "genbo_worker"])("%s has no right to write a register row", async (role) => {
  const held = (await privileges(role)).filter(({ table }) => registerTables.includes(table));
  // The worker says when a lane goes on whose break two persons have closed (ADR 0031).
  const columns = role === "genbo_api" ? breakDecision : ["resumed_at"];
  const allowed = columns.map((column) => `UPDATE ${column}`);
  expect(held.map(({ privilege }) => privilege).sort()).toEqual(allowed.sort());
});

test.each(["genbo_api", "genbo_worker"] as const)(
  "%s is refused by the server when it tries",
  async (role) => {
    const pool = database.pool(role);
    const { rows: columns } = await database.pool("genbo").query<{ table: string; column: string }>(
      `select distinct on (table_name) table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and table_name = any($1) order by table_name, ordinal_position`,
      [registerTables],
    );
    expect(columns).toHaveLength(registerTables.length);
    for (const { table, column } of columns) {
      for (const text of [
        `insert into ${table} default values`,
        `update ${table} set ${column} = ${column}`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ]) {
        await expect(pool.query(text), text).rejects.toMatchObject({ code: "42501" });
      }
    }
  },
);

test.each(["genbo_api", "genbo_worker", "genbo_indexer"] as const)(
  "%s cannot give itself more",
  async (role) => {
    const pool = database.pool(role);
    for (const text of [
      "alter table entry disable trigger all",
      "set role genbo",
      "set session authorization genbo",
      "create table mine (id int)",
      "drop table entry",
      "create function f() returns int language sql security definer as 'select 1'",
    ]) {
      await expect(pool.query(text), text).rejects.toThrow();
    }
  },
);

test("the indexer reads no personal data and no keys, and never takes an event or a break back", async () => {
  const pool = database.pool("genbo_indexer");
  for (const text of [
    "select * from vault_particulars",
    "select * from vault_subject",
    "select * from api_key",
    "select * from idempotency",
    "update event set kind = ''",
    "delete from event",
    "delete from register_break",
    "update register_break set closed_at = now()",
    "insert into operation default values",
    "update command set args = '{}'",
    "update chain_tx set raw = ''",
    "delete from chain_tx",
  ]) {
    await expect(pool.query(text), text).rejects.toMatchObject({ code: "42501" });
  }
});

test("the worker reads no personal data and no keys, and never takes stored bytes back", async () => {
  const pool = database.pool("genbo_worker");
  for (const text of [
    "select * from vault_particulars",
    "select * from vault_subject",
    "select * from api_key",
    "select * from idempotency",
    "delete from chain_tx",
    "delete from lane",
    "delete from command",
    "update command set args = '{}'",
    "update operation set maker = ''",
    "insert into command default values",
  ]) {
    await expect(pool.query(text), text).rejects.toMatchObject({ code: "42501" });
  }
});
