import { expect, test } from "vitest";
import type { MarketIssue } from "../../../test/support/market.ts";
import { startMarket } from "../../../test/support/market-stack.ts";
import { reconciled } from "./asking.ts";

const { stack, market } = await startMarket();

const reconcile = (issue: MarketIssue) => reconciled(stack, issue.id);

async function issued(count: number) {
  const issue = await market.issue();
  const wallets = await market.wallets(0, count);
  await market.run(
    "issuance",
    wallets.map((to, n) => market.issueRow(issue, to, BigInt(n + 10))),
  );
  return { issue, wallets };
}
const quarantined = async (issue: MarketIssue) =>
  (
    await stack.owner.query("select kind from register_break where issue_id = $1 and closed_at is null", [
      issue.id,
    ])
  ).rows;

test("a register that is the chain's has no differences, and is compared by itself once a day", async () => {
  const { issue } = await issued(300);
  expect(await reconcile(issue)).toEqual({ holdings: 300, differences: [], break_id: null });
  const daily = await stack.until("the daily one", async () => {
    const text =
      "select differences from reconciliation where issue_id = $1 and asked_by is null and compared_at is not null";
    const { rows } = await stack.owner.query(text, [issue.id]);
    return rows.length > 0 && rows;
  });
  expect(daily).toEqual([{ differences: [] }]);
  expect(await quarantined(issue)).toEqual([]);
});

test("each figure that somebody altered in the register is found, and stops that issue alone", async () => {
  const { issue, wallets } = await issued(3);
  const { issue: other } = await issued(1);
  const [first = "", second = ""] = wallets;
  // As the owner of the tables: no role of the platform could, apart from the indexer's own.
  await stack.owner.query(
    `update holding_period set units = 11, lots = '[["2021-08-01", "11"]]' where issue_id = $1 and account = $2`,
    [issue.id, first],
  );
  await stack.owner.query("update holding_period set encumbered = 1 where issue_id = $1 and account = $2", [
    issue.id,
    second,
  ]);
  const { differences, break_id } = await reconcile(issue);
  expect(differences).toEqual([
    { what: "sum of holdings", account: null, register: "33", other: "34" },
    { what: "sum of holds", account: second, register: "1", other: "0" },
    ...[first, second].sort().flatMap((account) =>
      account === first
        ? [
            { what: "balanceOf", account, register: "11", other: "10" },
            { what: "freeUnits", account, register: "11", other: "10" },
          ]
        : [{ what: "freeUnits", account, register: "10", other: "11" }],
    ),
  ]);
  expect(break_id).toMatch(/^brk_/);
  expect(await quarantined(issue)).toEqual([{ kind: "RECONCILIATION" }]);
  expect((await reconcile(issue)).break_id).toBeNull();
  const [late = ""] = await market.wallets(0, 1);
  const held = await market.submit("issuance", [market.issueRow(issue, late, 1n)]);
  expect(await market.run("issuance", [market.issueRow(other, late, 1n)])).toMatchObject({
    state: "entered",
  });
  const state = async () =>
    (await stack.owner.query("select state from operation where id = $1", [held])).rows[0]?.state;
  await stack.until("it is mined and waits", async () => (await state()) === "mined");

  await stack.owner.query(
    `update holding_period set units = 10, lots = '[["2021-08-01", "10"]]' where issue_id = $1 and account = $2`,
    [issue.id, first],
  );
  await stack.owner.query("update holding_period set encumbered = 0 where issue_id = $1", [issue.id]);
  await stack.owner.query(
    "update register_break set closed_at = now(), closed_by = 'staff:a', closed_checker = 'staff:b', reason = 'restored' where id = $1",
    [break_id],
  );
  await stack.until("what waited enters", async () => (await state()) === "entered");
  expect((await reconcile(issue)).differences).toEqual([]);
});

test("units in an account whose record came later, or had lapsed, are found at their entry", async () => {
  const { issue, wallets } = await issued(2);
  await stack.owner.query("delete from reconciliation where issue_id = $1", [issue.id]);
  const [account = ""] = wallets;
  await stack.owner.query(
    "update registry_record set record = substr(record, 1, 32) || '0000000001' || substr(record, 43) where wallet = $1",
    [account],
  );
  const { differences } = await reconcile(issue);
  expect(differences).toEqual([
    { what: "record of the receiver", account, register: "entry 3", other: "check lapsed" },
  ]);
});

test("a holding that is not the sum of its lots is found", async () => {
  const { issue, wallets } = await issued(1);
  const text = "update holding_period set lots = $2 where issue_id = $1";
  await stack.owner.query(text, [issue.id, JSON.stringify([["2021-08-01", "9"]])]);
  const { differences } = await reconcile(issue);
  expect(differences).toEqual([{ what: "sum of lots", account: wallets[0], register: "10", other: "9" }]);
});

test("what the api found when it opened the particulars is a break that says what to do [TA 186(iii)]", async () => {
  const { issue, wallets } = await issued(1);
  expect(await reconcile(issue)).toMatchObject({ differences: [], break_id: null });
  const found = { what: "particulars", account: wallets[0], register: "0x01", other: "none in the vault" };
  const api = stack.database.pool("genbo_api");
  await api.query(
    `update reconciliation set particulars = jsonb_build_object('opened', 0, 'erased', 0, 'differences', $2::jsonb)
     where issue_id = $1 and asked_by is not null`,
    [issue.id, JSON.stringify([found])],
  );
  const done = await stack.until("the reconciliation ends", async () => {
    const text = `select r.differences, b.detail from reconciliation r left join register_break b on b.id = r.break_id
      where r.issue_id = $1 and r.done_at is not null`;
    return (await stack.owner.query(text, [issue.id])).rows[0];
  });
  expect(done.differences).toEqual([found]);
  expect(done.detail).toMatchObject({ count: 1, differences: [found], nextSeq: 4 });
  expect(done.detail.advice).toEqual([
    { en: expect.stringContaining("Restore the vault"), ja: expect.stringContaining("保管庫") },
  ]);
  expect(await quarantined(issue)).toEqual([{ kind: "RECONCILIATION" }]);
});
