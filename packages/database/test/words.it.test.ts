import { beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

/** What a column's check says of each value. */
async function verdicts(column: string, check: string, values: readonly string[]): Promise<boolean[]> {
  const { rows } = await database
    .pool("genbo")
    .query<{ ok: boolean }>(
      `select ${check} as ok from unnest($1::text[]) with ordinality as t (${column}, n) order by n`,
      [values],
    );
  return rows.map(({ ok }) => ok);
}

test("a column for a word of the chain takes lower-case hex of one length and nothing else", async () => {
  const { rows: checks } = await database.pool("genbo").query<{ column: string; check: string }>(
    `select a.attname as column, pg_get_expr(c.conbin, c.conrelid) as check from pg_constraint c
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'c' and pg_get_expr(c.conbin, c.conrelid) like '%[0-9a-f]%'`,
  );
  expect(checks.length).toBeGreaterThan(20);
  for (const { column, check } of checks) {
    const digits = Number(/length\(\w+\) = (\d+)/.exec(check)?.[1]) - (check.includes("0x") ? 2 : 0);
    expect([24, 40, 64], check).toContain(digits);
    const prefix = check.includes("0x") ? "0x" : "";
    const word = prefix + "0123456789abcdef".repeat(4).slice(-digits);
    const others = [
      word.slice(0, -1),
      `${word}0`,
      word.toUpperCase(),
      `${word.slice(0, -1)}g`,
      `${word.slice(0, -1)}\n`,
      `g${word.slice(1)}`,
      prefix === "" ? `0x${word.slice(2)}` : word.slice(2),
      "",
    ];
    expect(await verdicts(column, check, [word, ...others]), check).toEqual([
      true,
      ...others.map(() => false),
    ]);
  }
});
