import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket();

test.each([
  ["cap", { cap: "1000001" }],
  ["issuerRole", { issuerRole: "1001" }],
  ["termsHash", { termsHash: `0x${"77".repeat(32)}` }],
  ["policy", { policy: `0x02${"00".repeat(31)}` }],
])("a token that was created with another %s than was approved becomes no issue", async (term, created) => {
  const { id, token } = await market.issue({}, 1_000_000n, created);
  expect(token).toBeNull();
  expect(await stack.rows("select state from issue where id = $1", [id])).toEqual([{ state: "approved" }]);
  const breaks = await stack.rows("select kind, detail from register_break where issue_id = $1", [id]);
  expect(breaks).toMatchObject([
    { kind: "TERMS_DIFFER", detail: { message: `the token of the issue has another ${term}` } },
  ]);
  const other = await market.issue();
  expect(other.token).toMatch(/^0x/);
});
