import { createRpc } from "@genbo/chain/rpc";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { cursorOf } from "@genbo/database/register/cursor";
import { tryLead } from "@genbo/database/sql/leader";
import { createLog } from "@genbo/domain/log";
import { afterAll, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { openTcpLink } from "../../../test/support/tcp-link.ts";
import { createHeadChecks, type HeadChecks } from "../src/check-heads.ts";

const said: string[] = [];
const { stack, market } = await startMarket();
const issue = await market.issue();
const [to = ""] = await market.wallets(0, 1);
await market.run("issuance", [market.issueRow(issue, to, 3n)]);
await stack.indexer.stop();
const leadership = (await tryLead(stack.database.urls.genbo_indexer))!;
const link = await openTcpLink(Number(new URL(stack.anvil().url).port));
const rpc = createRpc([`http://127.0.0.1:${link.port}`], { timeoutMs: 2_000 });
afterAll(async () => {
  rpc.close();
  await link.close();
  await leadership.resign();
});

const breaks = async () =>
  (await stack.owner.query("select issue_id, kind from register_break where closed_at is null")).rows;

test("heads that no node answered for stay due, which is said, and are compared with a later block", async () => {
  const log = createLog({ level: "info", write: (line) => said.push(line) });
  const heads = createHeadChecks({ pool: stack.database.pool("genbo_indexer"), rpc, leadership, log });
  const cursor = await cursorOf(stack.owner);
  const { registry } = (await readDeployment(stack.owner))!;
  const compare = async (checks: HeadChecks, at = cursor) => {
    checks.compare(at, registry);
    await checks.compared();
  };
  await compare(heads);
  expect([await breaks(), said]).toEqual([[], []]);

  // An indexer that starts anew, while no node answers, with a register that is not the contract's.
  const restarted = createHeadChecks({ pool: stack.database.pool("genbo_indexer"), rpc, leadership, log });
  await stack.owner.query("update issue_state set units = units + 1 where issue_id = $1", [issue.id]);
  link.cut();
  await compare(restarted);
  await compare(restarted);
  expect(await breaks()).toEqual([]);
  expect(said.filter((line) => line.includes("they stay due"))).toHaveLength(1);

  link.mend();
  // Another block of that number: the chain went back, and what it says is not about these figures.
  await compare(restarted, { ...cursor, blockHash: `0x${"1".repeat(64)}` });
  expect(await breaks()).toEqual([]);
  await compare(restarted);
  expect(await breaks()).toEqual([{ issue_id: issue.id, kind: "HEAD_MISMATCH" }]);
  expect(said.some((line) => line.includes("compared again"))).toBe(true);
});
