import { createPrisma, sqlState, withTransaction } from "@genbo/database/sql/connection";
import { beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

describe("values", () => {
  test("int8 and whole numeric are bigint, dates are text, instants are Date", async () => {
    const { rows } = await database.pool("genbo_api").query(
      `select 9007199254740993::int8 as units, array[1, 2]::int8[] as many, (2::numeric ^ 256 - 1) as word,
        1.5::numeric as rate, date '2021-08-11' as day, timestamptz '2021-08-11 00:00+09' as at`,
    );
    expect(rows[0]).toEqual({
      units: 9007199254740993n,
      many: [1n, 2n],
      word: 2n ** 256n - 1n,
      rate: "1.5",
      day: "2021-08-11",
      at: new Date("2021-08-10T15:00:00Z"),
    });
  });

  test("Prisma's client works on the same pool", async () => {
    const prisma = createPrisma(database.pool("genbo_api"));
    expect(await prisma.party.count()).toBe(0);
  });
});

describe("withTransaction", () => {
  test("rolls back when the work throws, and hands the error on", async () => {
    const pool = database.pool("genbo");
    await pool.query("create table counter (id int primary key, n int8 not null)");
    await pool.query("insert into counter values (1, 0)");
    const work = withTransaction(pool, async (transaction) => {
      await transaction.query("update counter set n = 7");
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect((await pool.query("select n from counter")).rows).toEqual([{ n: 0n }]);
  });

  test("runs again after serialization failures, so that no increment is lost", async () => {
    const pool = database.pool("genbo");
    const increment = () =>
      withTransaction(
        pool,
        async (transaction) => {
          const { rows } = await transaction.query<{ n: bigint }>("select n from counter where id = 1");
          await transaction.query("update counter set n = $1 where id = 1", [rows[0]!.n + 1n]);
        },
        "serializable",
      );
    await Promise.all(Array.from({ length: 5 }, increment));
    expect((await pool.query("select n from counter")).rows).toEqual([{ n: 5n }]);
  });
});

test("a role writes only what its grants allow", async () => {
  const insert = "insert into chain_block (number, hash, parent_hash, time) values (1, 'a', 'b', now())";
  for (const role of ["genbo_api", "genbo_worker"] as const) {
    const refused = await database.pool(role).query(insert).catch(sqlState);
    expect(refused).toBe("42501");
  }
  expect((await database.pool("genbo_indexer").query(insert)).rowCount).toBe(1);
});
