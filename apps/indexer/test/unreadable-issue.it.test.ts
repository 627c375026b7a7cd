import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { askReconciliation, foundBy } from "./asking.ts";

const { stack, market } = await startMarket();
// The first one comes first wherever what waits is in order.
const [unreadable, sound] = [await market.issue(), await market.issue()];
const [to = ""] = await market.wallets(0, 1);
await market.run("issuance", [market.issueRow(unreadable, to, 3n), market.issueRow(sound, to, 3n)]);

/** No role of the platform could, apart from the indexer's own. */
const writeLots = (lots: string) =>
  stack.owner.query("update holding_period set lots = $2 where issue_id = $1", [unreadable.id, lots]);
const closesOf = async (issueId: string) =>
  (await stack.rows("select day::text from register_root where issue_id = $1", [issueId])).length;

test("an issue that cannot be read keeps no other from its check and its day's close, and has its own once it can be", async () => {
  await writeLots("7");
  const waiting = await askReconciliation(stack, unreadable.id);
  const asked = await askReconciliation(stack, sound.id);
  const found = await stack.until("the other is compared", () => foundBy(stack, asked));
  expect(found).toMatchObject({ differences: [] });
  expect(await foundBy(stack, waiting)).toBeUndefined();

  await stack.moveTo("2021-08-02T00:00:01+09:00");
  await stack.until("the other's day is closed", async () => (await closesOf(sound.id)) === 1);
  expect(await closesOf(unreadable.id)).toBe(0);

  await writeLots('[["2021-08-01", "3"]]');
  await stack.until("it is compared", () => foundBy(stack, waiting));
  await stack.until("its day is closed", async () => (await closesOf(unreadable.id)) === 1);
});
