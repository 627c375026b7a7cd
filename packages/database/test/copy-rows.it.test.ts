import { column } from "@genbo/database/sql/bulk";
import { type Pool, sqlState, withTransaction } from "@genbo/database/sql/connection";
import { copyRows } from "@genbo/database/sql/copy-rows";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";

interface Row {
  n: bigint;
  small: number;
  whole: number;
  is: boolean | null;
  text: string | null;
  day: string | null;
  at: Date | null;
  json: unknown;
  parts: string[];
}
const columns = [
  column<Row>("n", "bigint", ({ n }) => n),
  column<Row>("small", "smallint", ({ small }) => small),
  column<Row>("whole", "integer", ({ whole }) => whole),
  column<Row>("is_so", "boolean", ({ is }) => is),
  column<Row>("said", "text", ({ text }) => text),
  column<Row>("day", "date", ({ day }) => (day === null ? null : Date.parse(day) / 86_400_000)),
  column<Row>("at", "timestamptz", ({ at }) => at),
  column<Row>("facts", "json", ({ json }) => JSON.stringify(json)),
  column<Row>("parts", "text[]", ({ parts }) => parts),
  column<Row>("double", "bigint", ({ whole }) => whole * 2 ** 20),
];

let pool: Pool;
beforeAll(async () => {
  pool = (await createTestDatabase()).pool("genbo");
  await pool.query(`create table copied (n bigint check (n <> 7), small smallint, whole integer, is_so boolean,
    said text, day date, at timestamptz, facts json, parts text[], double bigint)`);
});

const instants = fc.date({ min: new Date("1900-01-01Z"), max: new Date("9999-12-31Z"), noInvalidDate: true });
/** PostgreSQL keeps no zero character, and no half of a pair. */
const texts = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.replaceAll("\0", ""));
const row = fc.record<Row>({
  n: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((n) => n !== 7n),
  small: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  whole: fc.integer(),
  is: fc.option(fc.boolean()),
  text: fc.option(
    fc.oneof(texts, fc.constantFrom("", '\\N\t\n"{}', "原".repeat(30_000), "a".repeat(70_000))),
  ),
  day: fc.option(instants.map((at) => at.toISOString().slice(0, 10))),
  at: fc.option(instants),
  json: fc.array(fc.tuple(texts, fc.integer())),
  parts: fc.array(fc.oneof(texts, fc.constantFrom("NULL", 'a"b,c', "")), { maxLength: 4 }),
});

test("what is copied in comes out as it was, whatever it is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      await pool.query("truncate copied");
      await withTransaction(pool, (tx) => copyRows(tx, "copied", columns, rows));
      const found = await pool.query(
        `select n, small, whole, is_so as is, said as text, day, at, facts as json, parts, double from copied`,
      );
      expect(found.rows).toEqual(rows.map((each) => ({ ...each, double: BigInt(each.whole) * 2n ** 20n })));
    }),
    { numRuns: 60 },
  );
});

test("a row that breaks a rule is refused, nothing of it stays, and the connection goes on", async () => {
  await pool.query("truncate copied");
  const good: Row = {
    n: 1n,
    small: 1,
    whole: 1,
    is: null,
    text: "",
    day: null,
    at: null,
    json: [],
    parts: [],
  };
  const rows = Array.from({ length: 3_000 }, (_, index): Row => ({ ...good, n: BigInt(index + 5) }));
  const caught: unknown = await withTransaction(pool, (tx) => copyRows(tx, "copied", columns, rows)).catch(
    (error: unknown) => error,
  );
  expect(sqlState(caught)).toBe("23514");
  await withTransaction(pool, async (tx) => {
    await copyRows(tx, "copied", columns, []);
    await copyRows(tx, "copied", columns, [good]);
    await copyRows(tx, "copied", columns, [good]);
  });
  expect((await pool.query("select n from copied")).rows).toHaveLength(2);
});
