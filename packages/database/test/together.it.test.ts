import { type Pool, sqlState, withTransaction } from "@genbo/database/sql/connection";
import { together } from "@genbo/database/sql/together";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";

let pool: Pool;
beforeAll(async () => {
  pool = (await createTestDatabase()).pool("genbo");
});

test("answers come in the order in which they were asked for", async () => {
  const [first, second] = await withTransaction(pool, (tx) =>
    together(
      tx.query<{ n: number }>("select 1 as n from pg_sleep(0.05)"),
      tx.query<{ n: number }>("select 2 as n"),
    ),
  );
  expect([first.rows[0]?.n, second.rows[0]?.n]).toEqual([1, 2]);
});

test("the error that aborted the transaction is thrown, whoever else heard of it before", async () => {
  const ended: string[] = [];
  const failing = withTransaction(pool, (tx) => {
    const twoStatements = async () => {
      await tx.query("select 1");
      await tx.query("select 2").finally(() => ended.push("the other"));
    };
    return together(twoStatements(), tx.query("select 1 / 0"));
  });
  const error = await failing.catch((cause: unknown) => cause);
  expect(sqlState(error)).toBe("22012");
  expect(ended).toEqual(["the other"]);
});
