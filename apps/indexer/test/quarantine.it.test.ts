import { setTimeout as sleep } from "node:timers/promises";
import { issueForCommand } from "@genbo/database/issues/issues";
import { tryLead } from "@genbo/database/sql/leader";
import { expect, test } from "vitest";
import type { MarketIssue } from "../../../test/support/market.ts";
import { startMarket } from "../../../test/support/market-stack.ts";
import { makeDueRoots } from "../src/make-roots.ts";

const { stack, market } = await startMarket();
const { rows } = stack;
const broken = await market.issue({ acceptanceRequired: true });
const sound = await market.issue();
const wallets = await market.wallets(0, 5);

const issueTo = (issue: MarketIssue) =>
  market.submit(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 3n)),
    { issueId: issue.id },
  );
const stateOf = async (id: string) =>
  (await rows<{ state: string }>("select state from operation where id = $1", [id]))[0]?.state;
const seqOf = async (issue: MarketIssue) =>
  (await rows<{ seq: bigint }>("select seq from issue_state where issue_id = $1", [issue.id]))[0]?.seq;
const height = async () => Number(await stack.anvil().rpc.call<string>("eth_blockNumber"));
const close = (...ids: string[]) =>
  stack.database
    .pool("genbo_api")
    .query(
      "update register_break set closed_at = $2, closed_by = 'staff:compliance', reason = 'mended' where id = any($1)",
      [ids, stack.clock.now()],
    );
const openBreak = () =>
  stack.until("a break is open", async () => {
    const [found] = await rows<{
      id: string;
      issue_id: string;
      kind: string;
      detail: object;
      closed_at: Date | null;
    }>("select * from register_break where closed_at is null");
    return found;
  });

test("an entry that does not fit quarantines its issue alone, and what it missed enters once the break is closed", async () => {
  await market.ended(await issueTo(broken));
  const [state] = await rows<{ head: string }>("select head from issue_state where issue_id = $1", [
    broken.id,
  ]);
  await stack.owner.query("update issue_state set head = $2 where issue_id = $1", [
    broken.id,
    `0x${"66".repeat(32)}`,
  ]);

  const held = await issueTo(broken);
  expect(await openBreak()).toMatchObject({
    issue_id: broken.id,
    kind: "HEAD_DIFFERS",
    detail: { nextSeq: 8 },
  });
  expect(await stateOf(held)).toBe("mined");
  expect(await market.ended(await issueTo(sound))).toMatchObject({ state: "entered", rows_entered: 5 });
  const later = await issueTo(broken);
  await stack.until("the later one is mined", async () => (await stateOf(later)) === "mined");
  expect(await seqOf(broken)).toBe(7n);
  expect(await rows("select id from register_break")).toHaveLength(1);

  await stack.owner.query("update issue_state set head = $2 where issue_id = $1", [broken.id, state!.head]);
  await close((await openBreak()).id);
  expect(await market.ended(held)).toMatchObject({ state: "entered", rows_entered: 5 });
  expect(await market.ended(later)).toMatchObject({ state: "entered", rows_entered: 5 });
  expect(await seqOf(broken)).toBe(17n);
  expect(await rows("select id from register_break where closed_at is null")).toEqual([]);
});

test("a cause that persists breaks again when its break is closed; an indexer that was restarted knows it too", async () => {
  const [state] = await rows<{ head: string }>("select head from issue_state where issue_id = $1", [
    broken.id,
  ]);
  await stack.owner.query("update issue_state set seq = seq - 1 where issue_id = $1", [broken.id]);
  const held = await issueTo(broken);
  const first = await openBreak();
  expect(first).toMatchObject({ kind: "GAP" });
  await close(first.id);
  const second = await openBreak();
  expect(second.id).not.toBe(first.id);

  await stack.indexer.stop();
  await stack.owner.query("update issue_state set seq = seq + 1, head = $2 where issue_id = $1", [
    broken.id,
    state!.head,
  ]);
  await close(second.id);
  await stack.indexer.start();
  expect(await market.ended(held)).toMatchObject({ state: "entered", rows_entered: 5 });
});

test("an entry that the node kept from the register shows in the contract's head", async () => {
  // The register says one unit more than the contract, and its own line is whole.
  await stack.owner.query("update issue_state set units = units + 1 where issue_id = $1", [sound.id]);
  const seen = await issueTo(sound);
  expect(await openBreak()).toMatchObject({
    issue_id: sound.id,
    kind: "HEAD_MISMATCH",
    detail: { contractSays: { totalSupply: expect.any(String) } },
  });
  const held = await issueTo(sound);
  await stack.until("it is mined", async () => (await stateOf(held)) === "mined");
  await stack.owner.query("update issue_state set units = units - 1 where issue_id = $1", [sound.id]);
  await close((await openBreak()).id);
  expect(await market.ended(seen)).toMatchObject({ state: "entered" });
  expect(await market.ended(held)).toMatchObject({ state: "entered" });
});

test("a broken line of the registry holds back registrations alone", async () => {
  await stack.owner.query("update chain_cursor set registry_seq = registry_seq + 1");
  const waiting = market.wallets(1, 3);
  expect(await openBreak()).toMatchObject({ issue_id: null, kind: "REGISTRY_GAP" });
  expect(await market.ended(await issueTo(broken))).toMatchObject({ state: "entered" });
  await stack.owner.query("update chain_cursor set registry_seq = registry_seq - 1");
  await close((await openBreak()).id);
  expect(await waiting).toHaveLength(3);
  expect(await rows("select id from register_break where closed_at is null")).toEqual([]);
});

test("a registry and an issue whose breaks are closed together go on in this order", async () => {
  await stack.owner.query("update chain_cursor set registry_seq = registry_seq + 1");
  const waiting = market.wallets(1, 1);
  const registry = await openBreak();
  const [recorded] = await rows<{ wallet: string }>(
    "select args ->> 'wallet' as wallet from command where call = 'setRecords' order by id desc limit 1",
  );
  const held = await market.submit("issuance", [market.issueRow(sound, recorded!.wallet, 1n)]);
  const unknown = await stack.until("the issue breaks too", async () => {
    const [found] = await rows<{ id: string; kind: string }>(
      "select id, kind from register_break where closed_at is null and issue_id = $1",
      [sound.id],
    );
    return found;
  });
  expect(unknown.kind).toBe("UNKNOWN_ACCOUNT");
  await stack.owner.query("update chain_cursor set registry_seq = registry_seq - 1");
  await close(registry.id, unknown.id);
  expect(await waiting).toHaveLength(1);
  expect(await market.ended(held)).toMatchObject({ state: "entered" });
  expect(await rows("select id from register_break where closed_at is null")).toEqual([]);
});

test("a lot that was folded ahead does not enter what was broken meanwhile", async () => {
  await stack.indexer.stop();
  const mined = async (issue: MarketIssue) => {
    const before = await height();
    const id = await issueTo(issue);
    await stack.until("its block", async () => (await height()) > before);
    return id;
  };
  const [first, second, other] = [await mined(broken), await mined(broken), await mined(sound)];

  const writer = await stack.owner.connect();
  try {
    await writer.query("begin");
    await writer.query("select from chain_cursor for update");
    await stack.indexer.start();
    await stack.until("the first lot waits for the cursor", async () => {
      // Whoever waits for a row's writer has a lock of that row meanwhile.
      const waits = await rows(
        "select pid from pg_locks where locktype = 'tuple' and relation = 'chain_cursor'::regclass",
      );
      return waits.length > 0;
    });
    // Too short a time would let it fold the next one after the break, as it should: no failure then, and no proof.
    await sleep(500);
    await stack.owner.query(
      `insert into register_break (id, issue_id, kind, detail, block_number, opened_at)
       values ('brk_meanwhile', $1, 'RECONCILIATION', '{}', 0, $2)`,
      [broken.id, stack.clock.now()],
    );
    await writer.query("commit");
  } finally {
    writer.release();
  }

  expect(await market.ended(other)).toMatchObject({ state: "entered" });
  expect(await market.ended(first)).toMatchObject({ state: "entered" });
  expect(await stateOf(second)).toBe("mined");
  await close("brk_meanwhile");
  expect(await market.ended(second)).toMatchObject({ state: "entered", rows_entered: 5 });
});

test("until what a closed break held back has entered, its day is not closed and the issue takes no orders", async () => {
  await stack.owner.query(
    `insert into register_break (id, issue_id, kind, detail, block_number, opened_at)
     values ('brk_of_day', $1, 'RECONCILIATION', '{}', $2, $3)`,
    [sound.id, await height(), stack.clock.now()],
  );
  const held = await issueTo(sound);
  await stack.until("it is mined", async () => (await stateOf(held)) === "mined");
  await stack.moveTo("2021-08-02T00:00:01+09:00");
  await stack.until("the day has closed", async () => {
    const [read] = await rows("select 1 from chain_cursor where block_time >= '2021-08-02T00:00:00+09:00'");
    return read !== undefined;
  });
  await stack.indexer.stop();
  await close("brk_of_day");

  const roots = () => rows("select day::text, seq from register_root where issue_id = $1", [sound.id]);
  const takesOrders = async () => (await issueForCommand(stack.owner, sound.id))?.quarantined === false;
  const leadership = (await tryLead(stack.database.urls.genbo_indexer))!;
  await makeDueRoots({ pool: stack.database.pool("genbo_indexer"), leadership, log: stack.log });
  await leadership.resign();
  expect(await rows("select 1 from register_root where issue_id = $1", [broken.id])).toHaveLength(1);
  expect(await roots()).toEqual([]);
  expect(await takesOrders()).toBe(false);

  await stack.indexer.start();
  expect(await market.ended(held)).toMatchObject({ state: "entered" });
  await stack.until("the day's close", async () => (await roots()).length > 0);
  expect(await roots()).toEqual([{ day: "2021-08-01", seq: await seqOf(sound) }]);
  expect(await takesOrders()).toBe(true);
});
