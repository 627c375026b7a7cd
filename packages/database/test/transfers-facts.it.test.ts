import { orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { entryKinds } from "@genbo/domain/entry-kinds";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { acts, entriesOf } from "../../register/test/acts.ts";
import { account, personOf } from "../../register/test/chain.ts";
import { writeIssue } from "./register-rows.ts";

/** More than what one order's facts are, and far less than the entries lie in. */
const pagesMax = 100;

test("what an order asks of the register costs the same however many entries the issue has, and many orders at once ask each for its own", async () => {
  const database = await createTestDatabase();
  const owner = database.pool("genbo");
  const [some] = fc.sample(fc.array(acts, { minLength: 30, maxLength: 30 }), { seed: 2021, numRuns: 1 });
  const { issueId } = await writeIssue(owner, entriesOf(some!.flat()).entries, personOf);
  await owner.query(
    `insert into entry select (jsonb_populate_record(e, jsonb_build_object('seq', 10000 + n, 'log_index', 10000 + n))).*
     from entry e, generate_series(1, 10000) n
     where e.seq = (select min(seq) from entry where kind = ${entryKinds.ISSUE})`,
  );
  let pages = 0;
  const explaining: Pick<Queryable, "query"> = {
    query: (async ({ text, values }: { text: string; values: unknown[] }) => {
      const explained = await owner.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      );
      const { Plan } = explained.rows[0]!["QUERY PLAN"][0];
      pages += Plan["Shared Hit Blocks"]! + Plan["Shared Read Blocks"]!;
      return owner.query(text, values);
    }) as Queryable["query"],
  };
  const [facts] = await orderFacts(explaining, [{ issueId, from: account(1), to: account(2) }]);
  const first = "select acquired_on from entry where issue_id = $1 and kind = 1 order by seq limit 1";
  expect(facts!.issue?.issuedOn).toBe((await owner.query(first, [issueId])).rows[0].acquired_on);
  expect(pages).toBeLessThan(pagesMax);
  pages = 0;
  const orders = Array.from({ length: 10 }, (_, n) => ({ issueId, from: account(n), to: account(n + 1) }));
  const all = await orderFacts(explaining, orders);
  expect(pages).toBeLessThan(orders.length * pagesMax);
  expect(all[1]).toEqual(facts);
});
