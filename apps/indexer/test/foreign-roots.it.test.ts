import { refOf } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { reconciled, setRecordDate } from "./asking.ts";

const day = "2022-01-28";
const [closes, lists] = [2, 1];
const wordOf = (byte: string) => `0x${byte.repeat(32)}`;
// An issue whose first day has closed as a record date too; both are anchored.
const { stack, market } = await startMarket({ genesis: new Date(`${day}T12:00:00+09:00`) });
const { rows, moveTo } = stack;
const issue = await market.issue();
const [account = ""] = await market.wallets(0, 1);
await market.run("issuance", [market.issueRow(issue, account, 10n)]);
await setRecordDate(stack, issue.id, day);
await moveTo("2022-01-29T09:00:00+09:00");
await market.run("issuance", [market.issueRow(issue, account, 5n)]);

interface Anchored {
  kind: number;
  day: string;
  root: string;
}
const onChain = () =>
  rows<Anchored>("select kind, day, root from anchor where issue_id = $1 order by block_number, log_index", [
    issue.id,
  ]);
await stack.until("both are anchored", async () => (await onChain()).length === 2);
const rootsOf = async (kind: number, of = day) =>
  (await onChain()).filter((each) => each.kind === kind && each.day === of).map(({ root }) => root);
const ownRoot = async (kind: number) =>
  (
    await rows<{ root: string; operation_id: string | null }>(
      "select root, operation_id from register_root where issue_id = $1 and kind = $2 and day = $3 order by version",
      [issue.id, kind, day],
    )
  ).at(-1)!;
/** Somebody else who has the role puts a root over the one that stands. */
let sent = 0;
async function foreign(kind: number, of: string, root: string): Promise<void> {
  sent += 1;
  const supersedes = (await rootsOf(kind, of)).at(-1) ?? zeroWord;
  const args = { subject: issue.ref, kind, day: dayOfIso(of)!, root, supersedes };
  const row = { signer: market.trustee.signer, call: "anchor", ref: refOf("foreign", sent), args };
  expect((await market.run("anchor.publish", [row])).state).toBe("entered");
}
const refusals = () => rows("select 1 from operation where state in ('refused', 'failed')");

const reconcile = () => reconciled(stack, issue.id);

/** Two persons close a break, and the register goes on. */
async function closed(breakId: string | null): Promise<void> {
  await rows(
    `update register_break set closed_at = $2, closed_by = 'staff:a', closed_checker = 'staff:b', reason = 'looked into'
     where id = $1`,
    [breakId, stack.clock.now()],
  );
  await stack.until("the register goes on", async () => {
    const [found] = await rows("select 1 from register_break where id = $1 and resumed_at is not null", [
      breakId,
    ]);
    return found;
  });
}

test("a register root that was changed becomes the one that the chain holds, and nothing is sent", async () => {
  const { root } = await ownRoot(closes);
  const before = await onChain();
  await rows("update register_root set root = $2 where issue_id = $1 and kind = 2 and day = $3", [
    ...[issue.id, wordOf("c1"), day],
  ]);
  await stack.until("it is the chain's again", async () => (await ownRoot(closes)).root === root);
  expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
  // Time for whoever would send it: another day closes and is anchored meanwhile.
  await moveTo("2022-01-30T00:00:01+09:00");
  await stack.until(
    "the next day is anchored",
    async () => (await rootsOf(closes, "2022-01-29")).length === 1,
  );
  expect((await onChain()).slice(0, -1)).toEqual(before);
  expect(await refusals()).toEqual([]);
});

test.each([
  ["a close", closes],
  ["a record date's list", lists],
])("a foreign root on %s is superseded by name, each time, and is no break", async (_, kind) => {
  const { root } = await ownRoot(kind);
  for (const [n, byte] of ["a1", "a2", "a1"].entries()) {
    await foreign(kind, day, wordOf(byte));
    const roots = await stack.until("the register's own stands again", async () => {
      const found = await rootsOf(kind);
      return found.at(-1) === root && found;
    });
    expect(roots).toHaveLength(3 + 2 * n);
  }
  expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
  expect(await refusals()).toEqual([]);
});

test("a root of a day that is no record date is a break until two persons have closed it, and not again", async () => {
  const other = "2022-01-20";
  await foreign(lists, other, wordOf("b1"));
  const first = await reconcile();
  expect(first.differences).toEqual([
    { what: "anchored list", account: null, register: `${other} has not this root`, other: wordOf("b1") },
  ]);
  await closed(first.break_id);
  expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
  await foreign(lists, other, wordOf("b2"));
  const second = await reconcile();
  expect(second.differences.map((each) => each.other)).toEqual([wordOf("b2")]);
  await closed(second.break_id);
  expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
});

test.each([
  ["a close", closes],
  ["a record date's list", lists],
])(
  "a changed root of %s that was published is a break, and superseded by the right one once that is closed",
  async (_, kind) => {
    const { root } = await ownRoot(kind);
    const before = (await rootsOf(kind)).length;
    await rows(
      `update register_root set root = $2, operation_id = null
     where issue_id = $1 and kind = $3 and day = $4
       and version = (select max(version) from register_root where issue_id = $1 and kind = $3 and day = $4)`,
      [issue.id, wordOf("d1"), kind, day],
    );
    await stack.until("it is published", async () => (await rootsOf(kind)).at(-1) === wordOf("d1"));
    const { differences, break_id } = await reconcile();
    expect(differences.map((each) => [each.what, each.other])).toContainEqual(["root made", wordOf("d1")]);
    await closed(break_id);
    const roots = await stack.until("the right one stands", async () => {
      const found = await rootsOf(kind);
      return found.at(-1) === root && found;
    });
    expect(roots.slice(before)).toEqual([wordOf("d1"), root]);
    expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
    expect(await refusals()).toEqual([]);
  },
);

const ended = `exists (select 1 from holding_period n
  where n.issue_id = p.issue_id and n.account = p.account and n.from_seq > p.from_seq)`;

test("where the holdings were changed the root stands, and the break opens again until they are right", async () => {
  const { root } = await ownRoot(closes);
  const [{ lots } = { lots: null }] = await rows<{ lots: unknown }>(
    `select lots from holding_period p where issue_id = $1 and ${ended}`,
    [issue.id],
  );
  const past = (units: number, of: unknown) =>
    rows(`update holding_period p set units = $2, lots = $3 where issue_id = $1 and ${ended}`, [
      ...[issue.id, units, JSON.stringify(of)],
    ]);
  await past(9, [["2021-08-01", "9"]]);
  const first = await reconcile();
  await closed(first.break_id);
  expect((await ownRoot(closes)).root).toBe(root);
  const again = await reconcile();
  expect(again.differences.map(({ what }) => what)).toContain("root made");
  await past(10, lots);
  await closed(again.break_id);
  expect(await reconcile()).toMatchObject({ differences: [], break_id: null });
  expect((await rootsOf(closes)).at(-1)).toBe(root);
});
