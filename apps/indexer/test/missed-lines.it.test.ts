import { replayIssue } from "@genbo/database/register/replay";
import { dropLinesAfter } from "@genbo/database/register/write-registry";
import { withTransaction } from "@genbo/database/sql/connection";
import { zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { reconciled } from "./asking.ts";

const { stack, market } = await startMarket();
const { rows, owner } = stack;
const issue = await market.issue();
const [to = ""] = await market.wallets(0, 1);
// One that came while a line is missing would open the break in its place.
await stack.until("the day's own reconciliation", async () => {
  const text = "select 1 from reconciliation where issue_id = $1 and compared_at is not null";
  return (await stack.rows(text, [issue.id])).length > 0;
});

const submit = () => market.submit("issuance", [market.issueRow(issue, to, 3n)]);
const seq = async () =>
  Number(
    (await rows<{ seq: bigint }>("select seq from issue_state where issue_id = $1", [issue.id]))[0]!.seq,
  );
const opened = () =>
  stack.until("a break is open", async () => {
    const [found] = await rows<{ id: string; kind: string }>(
      "select id, kind from register_break where closed_at is null",
    );
    return found;
  });
/** Two persons close a break, and the register goes on. */
async function close(id: string): Promise<void> {
  await owner.query(
    `update register_break set closed_at = $2, closed_by = 'staff:a', closed_checker = 'staff:b', reason = 'looked into'
     where id = $1`,
    [id, stack.clock.now()],
  );
  await stack.until("the register goes on", async () => {
    const [found] = await rows("select 1 from register_break where id = $1 and resumed_at is not null", [id]);
    return found;
  });
}
const stillOpen = () => rows("select kind from register_break where closed_at is null");

/** The register has read the block of the last line, and never had the line. */
async function missLastLine(): Promise<void> {
  expect(await market.ended(await submit())).toMatchObject({ state: "entered" });
  const last = await seq();
  await withTransaction(owner, async (tx) => {
    await tx.query("delete from holding_period where issue_id = $1", [issue.id]);
    await tx.query("delete from entry where issue_id = $1 and seq = $2", [issue.id, last]);
    await replayIssue(tx, issue.id);
  });
}

test("a line that was missed enters once the break of the next one is closed", async () => {
  await missLastLine();
  const before = await seq();
  const next = await submit();
  const { id, kind } = await opened();
  expect(kind).toBe("GAP");
  await close(id);
  expect(await market.ended(next)).toMatchObject({ state: "entered" });
  expect(await seq()).toBe(before + 2);
  expect(await stillOpen()).toEqual([]);
});

test("one that nothing has followed enters once the break of the contract's head is closed", async () => {
  await missLastLine();
  const before = await seq();
  await stack.indexer.stop();
  await stack.indexer.start();
  const { id, kind } = await opened();
  expect(kind).toBe("HEAD_MISMATCH");
  await close(id);
  expect([await seq(), await stillOpen()]).toEqual([before + 1, []]);
});

test("or that of a reconciliation", async () => {
  await missLastLine();
  const before = await seq();
  const { break_id } = await reconciled(stack, issue.id);
  await close(break_id!);
  expect([await seq(), await stillOpen()]).toEqual([before + 1, []]);
});

test("a line of the registry that was missed enters once the break of the next one is closed", async () => {
  await market.wallets(0, 2);
  const lines = async () =>
    Number((await rows<{ n: bigint }>("select count(*) as n from registry_record"))[0]!.n);
  const before = await lines();
  await withTransaction(owner, async (tx) => {
    await tx.query("select 1 from chain_cursor for update");
    await dropLinesAfter(tx, "seq", before - 2);
    await tx.query(
      `update chain_cursor set registry_seq = $1,
         registry_head = coalesce((select head from registry_record order by seq desc limit 1), $2)`,
      [before - 2, zeroWord],
    );
  });
  const next = market.wallets(0, 1);
  const { id, kind } = await opened();
  expect(kind).toBe("REGISTRY_GAP");
  await close(id);
  expect(await next).toHaveLength(1);
  expect([await lines(), await stillOpen()]).toEqual([before + 1, []]);
});

test("what a break held back enters also when the chain went back behind the break, and has it again before", async () => {
  const [cursor] = await rows<{ block: bigint }>("select block_number + 1000 as block from chain_cursor");
  await owner.query(
    `insert into register_break (id, issue_id, kind, detail, block_number, opened_at)
     values ('brk_ahead', $1, 'BAD_PAYLOAD', '{}', $2, $3)`,
    [issue.id, cursor!.block, stack.clock.now()],
  );
  const held = await submit();
  await stack.until("it is mined", async () => {
    const [found] = await rows("select 1 from operation where id = $1 and state = 'mined'", [held]);
    return found;
  });
  await close("brk_ahead");
  expect(await market.ended(held)).toMatchObject({ state: "entered" });
});
