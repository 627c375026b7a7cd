import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createBlockReader } from "@genbo/chain/blocks";
import { registerTables } from "@genbo/database/reconcile/rebuild-tables";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { type Reindex, reindexOn } from "./reindexing.ts";

const { stack, market } = await startMarket();
const { rows } = stack;
const issue = await market.issue({ acceptanceRequired: true, approvalRequired: true });
const wallets = await market.wallets(0, 12);
const issueTo = (accounts: readonly string[], units = 7n) =>
  market.run(
    "issuance",
    accounts.map((to) => market.issueRow(issue, to, units)),
    { issueId: issue.id },
  );
await issueTo(wallets);
const [buyer = ""] = await market.wallets(1, 1);
const refs = await Promise.all(wallets.slice(0, 4).map((from) => market.transfer(issue, from, buyer, 2n)));
const step = (ref: string, call: string) => market.run(call, [market.transferStep(issue, ref, call)]);
const [done = "", over = "", held = ""] = refs;
for (const ref of [done, over, held]) await step(ref, "requestTransfers");
await step(over, "rejectTransfers");
await step(done, "acceptTransfers");
await step(done, "approveTransfers");

const reindex: Reindex = (...args) => reindexOn(stack)(...args);

const word = `0x${randomBytes(32).toString("hex")}`;

/** What a schema defines, and who may do what with it. */
const definitions = () =>
  rows(
    `select c.relname, c.relkind, c.reloptions, c.relacl::text as acl, pg_get_userbyid(c.relowner) as owner,
       (select jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod), attnotnull, attacl::text,
          pg_get_expr(d.adbin, d.adrelid)) order by attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0) as columns,
       (select jsonb_agg(jsonb_build_array(conname, pg_get_constraintdef(oid)) order by conname)
        from pg_constraint where conrelid = c.oid) as constraints,
       (select jsonb_agg(pg_get_indexdef(indexrelid) order by indexrelid::regclass::text)
        from pg_index where indrelid = c.oid) as indexes
     from pg_class c where relnamespace = 'public'::regnamespace and relname = any($1) order by relname`,
    [registerTables],
  );
const hashes = async (tables: readonly string[]) => {
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    const [row] = await rows<{ hash: string }>(
      `select md5(coalesce(string_agg(t::text, E'\\n' order by t::text), '')) as hash from ${table} t`,
    );
    found[table] = row!.hash;
  }
  return found;
};
/** Every table that a rebuild leaves alone. */
const others = async () => {
  const found = await rows<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and relname <> all($1)`,
    [registerTables],
  );
  return found.map(({ name }) => name);
};
/** The register without what only tells how far it has read. */
const register = registerTables.filter((table) => table !== "chain_block" && table !== "chain_cursor");

/** Nothing of the platform writes meanwhile. */
const standing = async <T>(act: () => Promise<T>): Promise<T> => {
  await stack.worker.stop();
  await stack.indexer.stop();
  try {
    return await act();
  } finally {
    await stack.indexer.start();
    await stack.worker.start();
  }
};
const eventsHaveNoGap = async () => {
  const ids = await rows<{ id: bigint }>("select id from event order by id");
  expect(ids.map(({ id }) => Number(id))).toEqual(ids.map((_, index) => index + 1));
  const told = await rows(
    "select data ->> 'seq' as seq from event where kind = 'entry' and issue_id = $1 order by id",
    [issue.id],
  );
  expect(told).toEqual(
    await rows("select seq::text as seq from entry where issue_id = $1 order by entry.seq", [issue.id]),
  );
};

test("a rebuild from block 0 equals the live register, and changes nothing of it", async () => {
  await standing(async () => {
    const tables = [...registerTables, ...(await others())];
    const before = await hashes(tables);
    const { code, text } = await reindex({ anew: true });
    expect(text).toContain("Equal: every row of the register");
    expect(code).toBe(0);
    expect(await hashes(tables)).toEqual(before);
  });
}, 60_000);

test("what is switched in are the same tables, with the same grants, and the register goes on from them", async () => {
  const [defined, held] = [await definitions(), await hashes(register)];
  const operations = await rows("select id, state, rows_entered, entered_at from operation order by id");
  expect(await reindex({ switch: true })).toMatchObject({ code: 0 });
  expect(await definitions()).toEqual(defined);
  expect(await hashes(register)).toEqual(held);
  expect(await rows("select id, state, rows_entered, entered_at from operation order by id")).toEqual(
    operations,
  );
  expect(
    await rows("select actor, outcome, detail -> 'mended' as mended from audit_row where action = 'reindex'"),
  ).toEqual([{ actor: "console:test", outcome: "done", mended: [] }]);

  expect(await issueTo(wallets)).toMatchObject({ state: "entered", rows_entered: 12 });
  await eventsHaveNoGap();
  expect(await rows("select * from register_break")).toEqual([]);
  expect(await reindex()).toMatchObject({ code: 0 });
}, 60_000);

test("a tampered row is named by table, issue and column, and mended by the switch, which keeps the old tables", async () => {
  const before = await hashes(register);
  const [last] = await rows<{ seq: bigint }>("select seq from issue_state where issue_id = $1", [issue.id]);
  const [period] = await rows<{ account: string; from_seq: bigint }>(
    "select account, from_seq from holding_period where issue_id = $1 and units = 7 order by from_seq limit 1",
    [issue.id],
  );
  // As somebody would who owns the schema: a maker, a hold's lots, a line that is gone, an account's custodian.
  await stack.owner.query("update entry set maker = 'staff:forger' where issue_id = $1 and seq in (3, 5)", [
    issue.id,
  ]);
  await stack.owner.query(
    `update holding_period set lots = '[["2020-01-01", 7]]' where issue_id = $1 and account = $2 and from_seq = $3`,
    [issue.id, period!.account, period!.from_seq],
  );
  await stack.owner.query("delete from hold where issue_id = $1 and to_seq is null", [issue.id]);
  await stack.owner.query("update account set custodian_id = 2 where address = $1", [wallets[1]]);
  await stack.owner.query("update issue set code_hash = $2 where id = $1", [issue.id, word]);
  const tampered = await hashes(register);

  const found = await reindex({ anew: true });
  expect(found.code).toBe(1);
  expect(found.text).toContain(
    `  entry ${issue.id}, seq 3 (the first of 2 rows): maker is staff:forger, the chain says staff:maker`,
  );
  expect(found.text).toMatch(
    new RegExp(
      `  holding_period ${issue.id}, account ${period!.account}, from_seq ${period!.from_seq}: lots is \\[\\["2020-01-01", 7\\]\\], the chain says`,
    ),
  );
  expect(found.text).toMatch(new RegExp(`  hold ${issue.id}, id 0x\\w+: is missing in the register`));
  expect(found.text).toContain(`  account address ${wallets[1]}: custodian_id is 2, the chain says 1`);
  expect(found.text).toContain(`  issue ${issue.id}: code_hash is ${word.slice(0, 60)}…`);
  expect(found.text).toContain("genbo reindex --switch");
  expect(await hashes(register), "the live tables are untouched").toEqual(tampered);

  expect(await reindex({ switch: true })).toMatchObject({ code: 0 });
  expect(await hashes(register)).toEqual(before);
  const [kept] = await rows("select maker from register_old.entry where issue_id = $1 and seq = 3", [
    issue.id,
  ]);
  expect(kept).toEqual({ maker: "staff:forger" });
  expect(await rows("select issue_id, data from event where kind = 'register.mended' order by id")).toEqual([
    { issue_id: issue.id, data: { rows: { issue: 1, entry: 2, hold: 1, holding_period: 1 } } },
    { issue_id: null, data: { rows: { account: 1 } } },
  ]);

  expect(await issueTo(wallets)).toMatchObject({ state: "entered", rows_entered: 12 });
  const [now] = await rows<{ seq: bigint }>("select seq from issue_state where issue_id = $1", [issue.id]);
  expect(now!.seq).toBe(last!.seq + 12n);
  await eventsHaveNoGap();
  expect((await reindex({ dropOld: true })).text).toContain("Dropped");
  expect(await rows("select 1 from pg_namespace where nspname like 'register%'")).toEqual([]);
}, 60_000);

test("a line that was taken out of the middle, or put in, is named and mended", async () => {
  const before = await hashes(register);
  await standing(async () => {
    await stack.owner.query("delete from entry where issue_id = $1 and seq = 4", [issue.id]);
    await stack.owner.query(
      "delete from registry_record where seq = 2 and not exists (select 1 from account a where a.seq = 2)",
    );
    await stack.owner.query(
      `insert into entry select (jsonb_populate_record(e, jsonb_build_object('seq', seq + 1000, 'log_index', log_index + 1000))).*
       from entry e where issue_id = $1 and seq = 1`,
      [issue.id],
    );
    const found = await reindex({ switch: true });
    expect(found.text).toContain(
      `  entry ${issue.id}, seq 4 (the first of 2 rows): is missing in the register`,
    );
    expect(found.code).toBe(0);
  });
  expect(await hashes(register)).toEqual(before);
}, 60_000);

test("what enters during the rebuild is caught up before the switch", async () => {
  const { rpc } = stack.anvil();
  const reader = createBlockReader(rpc);
  const lines: string[] = [];
  const entered = { building: 0, switching: 0 };
  // Asked when it is settled how far to build: what enters now is beyond it, also at the switch.
  const head: typeof reader.head = async () => {
    const phase = lines.some((line) => line.startsWith("Switching")) ? "switching" : "building";
    if (entered[phase] < 3) {
      entered[phase] += 1;
      await issueTo(wallets.slice(0, 3));
    }
    return reader.head();
  };
  const { code, text } = await reindex({ anew: true, switch: true }, { reader: { ...reader, head } }, lines);
  expect(text).toContain("Equal");
  expect(code).toBe(0);
  expect(entered.building).toBe(3);
  expect(entered.switching).toBeGreaterThan(0);
  expect(await issueTo(wallets)).toMatchObject({ state: "entered", rows_entered: 12 });
  await eventsHaveNoGap();
  expect(await reindex({ anew: true })).toMatchObject({ code: 0 });
}, 60_000);

test("a rebuild that breaks off goes on where it was; another version of the code begins anew", async () => {
  const reach = (point: string) => {
    if (point === "reindex.built") throw new Error("torn away");
  };
  await expect(reindex({ anew: true }, { reach })).rejects.toThrow("torn away");
  const [partly] = await rows<{ block: bigint }>(
    "select block_number as block from register_new.chain_cursor",
  );
  expect(partly!.block).toBeGreaterThan(0n);
  const resumed = await reindex();
  expect(resumed.text).toContain("Going on with the rebuild that is there");
  expect(resumed.code).toBe(0);
  expect((await reindex({}, { code: "newer" })).text).toContain("Rebuilding the register from block 0");

  const live = await hashes(register);
  const late = (point: string) => {
    if (point === "reindex.switching") throw new Error("torn away");
  };
  await expect(reindex({ switch: true }, { reach: late })).rejects.toThrow("torn away");
  expect(await hashes(register)).toEqual(live);
  expect(await rows("select 1 from pg_namespace where nspname = 'register_old'")).toEqual([]);
  expect(await reindex({ switch: true })).toMatchObject({ code: 0 });
}, 60_000);

test("an issue that a break holds is compared up to what had entered, and enters the rest when the break is closed", async () => {
  const other = await market.issue();
  await market.run(
    "issuance",
    wallets.map((to) => market.issueRow(other, to, 3n)),
  );
  await stack.owner.query("update issue_state set head = $2 where issue_id = $1", [other.id, word]);
  const waiting = await market.submit(
    "issuance",
    wallets.map((to) => market.issueRow(other, to, 3n)),
    { issueId: other.id },
  );
  await stack.until(
    "a break is open",
    async () => (await rows("select 1 from register_break where closed_at is null")).length > 0,
  );
  const [entered] = await rows<{ seq: bigint }>("select max(seq) as seq from entry where issue_id = $1", [
    other.id,
  ]);
  const found = await reindex({ anew: true });
  expect(found.text).toContain(`A break holds ${other.id}: compared up to what had entered before it.`);
  expect(found.text).toContain(`  issue_state ${other.id}: head is ${word.slice(0, 60)}…`);
  expect(found.text).not.toContain(`  entry ${other.id}`);

  expect(await reindex({ switch: true })).toMatchObject({ code: 0 });
  expect(await rows("select max(seq) as seq from entry where issue_id = $1", [other.id])).toEqual([entered]);
  await stack.owner.query(
    "update register_break set closed_at = now(), closed_by = 'staff:compliance', reason = 'mended' where closed_at is null",
  );
  expect(await market.ended(waiting)).toMatchObject({ state: "entered", rows_entered: 12 });
  await eventsHaveNoGap();
  expect(await reindex({ anew: true })).toMatchObject({ code: 0 });
}, 60_000);

test("a difference stops its issue when asked, and nothing else", async () => {
  await stack.owner.query("update entry set maker = 'staff:forger' where issue_id = $1 and seq = 3", [
    issue.id,
  ]);
  const found = await reindex({ openBreaks: true });
  expect(found.code).toBe(1);
  const breaks = await rows(
    "select issue_id, kind, detail -> 'count' as count from register_break where closed_at is null",
  );
  expect(breaks).toEqual([{ issue_id: issue.id, kind: "REINDEX", count: 1 }]);
  expect((await reindex({ openBreaks: true })).text).toContain("none, all are held already");
  const waiting = await market.submit(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 3n)),
    { issueId: issue.id },
  );
  await stack.until(
    "it waits",
    async () =>
      (await rows("select 1 from operation where id = $1 and state = 'mined'", [waiting])).length > 0,
  );
  expect(await reindex({ switch: true })).toMatchObject({ code: 0 });
  await stack.owner.query(
    "update register_break set closed_at = now(), closed_by = 'staff:compliance', reason = 'mended' where closed_at is null",
  );
  expect(await market.ended(waiting)).toMatchObject({ state: "entered", rows_entered: 12 });
  await eventsHaveNoGap();
}, 60_000);

test("a node that keeps a line back is no reason to switch", async () => {
  const { rpc } = stack.anvil();
  const reader = createBlockReader(rpc);
  const [last] = await rows<{ block: bigint; index: number }>(
    "select block_number as block, log_index as index from entry where issue_id = $1 order by seq desc limit 1",
    [issue.id],
  );
  const read: typeof reader.read = async (from, to) =>
    (await reader.read(from, to)).map((block) =>
      block.number !== Number(last!.block)
        ? block
        : {
            ...block,
            transactions: block.transactions.map((each) => ({
              ...each,
              logs: each.logs.filter(({ index }) => index !== last!.index),
            })),
          },
    );
  const live = await hashes(register);
  const { code, text } = await reindex({ anew: true, switch: true }, { reader: { ...reader, read } });
  expect(text).toContain(`issue_state ${issue.id}: seq is`);
  expect(text).toContain("The rebuilt register may not take its place");
  expect(code).toBe(2);
  expect(await hashes(register)).toEqual(live);
}, 60_000);

test("a transaction with a fixed snapshot never sees half of the rebuilt register", async () => {
  const reader = await stack.database.pool("genbo_api").connect();
  const count = async () => (await reader.query("select count(*)::integer as entries from entry")).rows[0];
  const expected = (await rows("select count(*)::integer as entries from entry"))[0];
  await reader.query("begin isolation level repeatable read");
  await reader.query("select 1 from party");
  const lines: string[] = [];
  const switching = reindex({ anew: true, switch: true }, {}, lines);
  await stack.until("it waits", async () =>
    lines.some((line) => line.startsWith("Waiting for transactions")),
  );
  // Time enough for a switch that does not wait.
  await Promise.race([switching, sleep(1_000)]);
  expect(await count()).toEqual(expected);
  expect(lines.some((line) => line.startsWith("Switched"))).toBe(false);
  await reader.query("commit");
  reader.release();
  expect(await switching).toMatchObject({ code: 0 });
  expect((await rows("select count(*)::integer as entries from entry"))[0]).toEqual(expected);
}, 60_000);
