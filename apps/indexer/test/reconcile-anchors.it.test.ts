import { refOf } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { reconciled } from "./asking.ts";

const day = "2022-01-28";
/** An issue whose first day has closed and is anchored, and which went on since. */
const { stack, market } = await startMarket({ genesis: new Date(`${day}T12:00:00+09:00`) });
const issue = await market.issue();
const [account = ""] = await market.wallets(0, 1);
await market.run("issuance", [market.issueRow(issue, account, 10n)]);
await stack.moveTo("2022-01-29T09:00:00+09:00");
await market.run("issuance", [market.issueRow(issue, account, 5n)]);
const rows = <Row extends object>(text: string) => stack.rows<Row>(text, [issue.id]);
const anchors = () => rows<{ root: string }>("select root from anchor where issue_id = $1");
await stack.until("the day is anchored", async () => (await anchors()).length === 1);
// One that came while a test has altered something would open the break in its place.
await stack.until("the second day's own reconciliation", async () => {
  const text = `select 1 from reconciliation where issue_id = $1 and asked_by is null
    and asked_at > '2022-01-29T00:00:00+09:00' and compared_at is not null`;
  return (await rows(text)).length > 0;
});

async function reconcile() {
  const done = await reconciled(stack, issue.id);
  // So that the next difference is not held back by the break that this one opened.
  await rows("delete from reconciliation where issue_id = $1 and asked_by is not null");
  await rows("delete from register_break where issue_id = $1");
  return done;
}

test("an anchored close is the register's, and what the contract keeps is what was read", async () => {
  expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
});

const ended = `exists (select 1 from holding_period n
  where n.issue_id = p.issue_id and n.account = p.account and n.from_seq > p.from_seq)`;

test("a past holding that somebody altered no longer leads to the root of its close", async () => {
  const [made] = await rows<{ root: string }>("select root from register_root where issue_id = $1");
  const past = (units: number) =>
    rows(
      `update holding_period p set units = ${units}, lots = '[["2021-08-01", "${units}"]]'
       where issue_id = $1 and ${ended}`,
    );
  const lots = (
    await rows<{ lots: unknown }>(`select lots from holding_period p where issue_id = $1 and ${ended}`)
  )[0]!.lots;
  await past(9);
  const { differences, break_id } = await reconcile();
  await past(10);
  await stack.owner.query(`update holding_period p set lots = $2 where issue_id = $1 and ${ended}`, [
    issue.id,
    JSON.stringify(lots),
  ]);
  expect(differences).toEqual([
    {
      what: "root made",
      account: null,
      register: expect.stringMatching(new RegExp(`^close ${day}, version 1: 0x[0-9a-f]{64}$`)),
      other: made!.root,
    },
  ]);
  expect(break_id).toMatch(/^brk_/);
  expect((await reconcile()).differences).toEqual([]);
});

test("an anchoring event that a node kept back shows in what the contract answers", async () => {
  const [{ root } = { root: "" }] = await anchors();
  const kept = await rows("delete from anchor where issue_id = $1 returning *");
  const { differences } = await reconcile();
  const [row] = kept as Record<string, unknown>[];
  await stack.owner.query(
    `insert into anchor (${Object.keys(row!).join(", ")}) values (${Object.keys(row!)
      .map((_, n) => `$${n + 1}`)
      .join(", ")})`,
    Object.values(row!),
  );
  expect(differences).toEqual([
    { what: "anchors", account: null, register: `close ${day}: no root`, other: `close ${day}: ${root}` },
  ]);
});

/** Publishes a root of that day which the register has not made. */
const anchorElsewhere = (name: string, root: { kind: number; root: string; supersedes: string }) =>
  market.run("anchor.publish", [
    {
      signer: market.trustee.signer,
      call: "anchor",
      ref: refOf(name),
      args: { subject: issue.ref, day: dayOfIso(day)!, ...root },
    },
  ]);

test("a record date that somebody else anchored is none of the register's", async () => {
  const foreign = `0x${"ab".repeat(32)}`;
  await anchorElsewhere("foreign", { kind: 1, root: foreign, supersedes: zeroWord });
  await stack.until("it is read", async () => (await anchors()).length === 2);
  const { differences, break_id } = await reconcile();
  expect(differences).toEqual([
    { what: "anchored list", account: null, register: `${day} has not this root`, other: foreign },
  ]);
  expect(break_id).toMatch(/^brk_/);
});

test("a root that somebody put over one whose event a node kept back is read, and superseded by the register's own", async () => {
  const [{ root } = { root: "" }] = await rows<{ root: string }>(
    "delete from anchor where issue_id = $1 and kind = 2 returning root",
  );
  const foreign = `0x${"cd".repeat(32)}`;
  await anchorElsewhere("over", { kind: 2, root: foreign, supersedes: root });
  const closes = () =>
    rows("select root, supersedes from anchor where issue_id = $1 and kind = 2 order by version");
  await stack.until("the own one follows", async () => (await closes()).length === 2);
  expect(await closes()).toEqual([
    { root: foreign, supersedes: root },
    { root, supersedes: foreign },
  ]);
  const { differences } = await reconcile();
  expect(differences).toContainEqual({
    what: "anchors",
    account: null,
    register: `close ${day}: ${foreign}, ${root}`,
    other: `close ${day}: ${root}, ${foreign}, ${root}`,
  });
});
