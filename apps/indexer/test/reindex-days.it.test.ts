import { dumpState } from "@genbo/chain/anvil-state";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { setRecordDate } from "./asking.ts";
import { type Reindex, reindexOn } from "./reindexing.ts";

const { stack, market } = await startMarket({ genesis: new Date("2022-01-28T12:00:00+09:00") });
const { rows, moveTo } = stack;
const issue = await market.issue();
const wallets = await market.wallets(0, 3);

const reindex: Reindex = (...args) => reindexOn(stack)(...args);
const issueTo = (index: number, units: bigint) =>
  market.run("issuance", [market.issueRow(issue, wallets[index]!, units)], { issueId: issue.id });
const anchored = (count: number) =>
  stack.until(
    `${count} roots are anchored`,
    async () => (await rows("select 1 from anchor")).length >= count,
  );
const lists = () => rows("select * from record_date_list order by record_date_id, version");
const roots = () => rows("select * from register_root order by issue_id, kind, day, version");

test("lists and roots come out equal, and keep when they were frozen and by what they were published", async () => {
  await issueTo(0, 10n);
  await moveTo("2022-01-30T09:00:00+09:00");
  await issueTo(1, 20n);
  await moveTo("2022-02-01T09:00:00+09:00");
  await anchored(2);
  // Asked for when its day is over: frozen with the next block, wherever the chain stands.
  await setRecordDate(stack, issue.id, "2022-01-29");
  await issueTo(2, 30n);
  await anchored(3);
  const before = { lists: await lists(), roots: await roots() };
  expect([before.lists.length, before.roots.length]).toEqual([1, 3]);

  expect(await reindex({ switch: true })).toMatchObject({ code: 0, text: expect.stringContaining("Equal") });
  expect({ lists: await lists(), roots: await roots() }).toEqual(before);
  // What was published once is not published again; the day that closes next is.
  await moveTo("2022-02-02T00:00:01+09:00");
  await anchored(4);
  expect(await rows("select day::text from anchor order by block_number, log_index")).toEqual(
    ["2022-01-28", "2022-01-30", "2022-01-29", "2022-02-01"].map((day) => ({ day })),
  );
  expect(await reindex({ anew: true })).toMatchObject({ code: 0 });
}, 60_000);

test("a list or root that was changed or is gone is named and mended, and not published again", async () => {
  const before = { lists: await lists(), roots: await roots() };
  const root = `0x${"66".repeat(32)}`;
  await stack.worker.stop();
  await stack.indexer.stop();
  await stack.owner.query("update register_root set root = $1 where day = '2022-01-28'", [root]);
  await stack.owner.query("update record_date_list set holders = 7");
  await stack.owner.query("delete from register_root where day = '2022-01-30'");
  const found = await reindex({ switch: true });
  await stack.indexer.start();
  await stack.worker.start();
  expect(found.text).toContain(`holders is 7, the chain says 1`);
  expect(found.text).toContain(
    `  register_root ${issue.id}, kind 2, day 2022-01-28, version 1 (the first of 2 rows): root is ${root.slice(0, 60)}…`,
  );
  expect(found.code).toBe(0);
  expect(await lists()).toEqual(before.lists);
  const said = (row: object) => ({ ...row, operation_id: null, block_number: null });
  const now = await roots();
  expect(now.map(said)).toEqual(before.roots.map(said));
  expect(now).toHaveLength(4);

  await moveTo("2022-02-03T00:00:01+09:00");
  await issueTo(1, 1n);
  await moveTo("2022-02-04T00:00:01+09:00");
  await anchored(5);
  expect(await rows("select 1 from anchor")).toHaveLength(5);
  expect(await reindex({ anew: true })).toMatchObject({ code: 0, text: expect.stringContaining("Equal") });
}, 60_000);

test("a rebuild whose chain went back begins anew by itself", async () => {
  await dumpState(stack.anvil().rpc, stack.chainDir);
  await issueTo(0, 5n);
  expect(await reindex()).toMatchObject({ code: 0 });
  await stack.killChain();
  await stack.until("the register goes back", async () => {
    const back = await rows("select 1 from event where kind = 'chain.rolledBack'");
    return back.length > 0;
  });
  await stack.until("everything is entered again", async () => {
    const [open] = await rows<{ open: bigint }>(
      "select count(*) as open from chain_tx where state <> 'mined'",
    );
    return open?.open === 0n;
  });
  const found = await reindex({ switch: true });
  expect(found.text).toContain("Equal");
  expect(found.code).toBe(0);
}, 60_000);
