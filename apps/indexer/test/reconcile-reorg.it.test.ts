import { tryLead } from "@genbo/database/sql/leader";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { reconcileAsAsked } from "../src/reconcile.ts";
import { askReconciliation, foundBy } from "./asking.ts";

const lines: string[] = [];

const { stack, market } = await startMarket({ onLog: (line) => lines.push(line) });
const issue = await market.issue();

test("a chain that went back is no difference: the comparison waits until the register has followed", async () => {
  const [to = ""] = await market.wallets(0, 1);
  await market.run("issuance", [market.issueRow(issue, to, 3n)]);
  const { rpc } = stack.anvil();
  const snapshot = await rpc.call<string>("evm_snapshot");
  await market.run("issuance", [market.issueRow(issue, to, 4n)]);
  await stack.worker.stop();
  await stack.indexer.stop();
  // Another branch, on which the second issuance has not happened, at the height that the register has read to.
  await rpc.call("evm_revert", snapshot);
  for (let mined = 0; mined < 5; mined += 1) await rpc.call("evm_mine");

  const id = await askReconciliation(stack, issue.id);
  const compared = () => foundBy(stack, id);
  const leadership = (await tryLead(stack.database.urls.genbo_indexer))!;
  const ended = new AbortController();
  const pool = stack.database.pool("genbo_indexer");
  const running = reconcileAsAsked(
    { pool, leadership, clock: stack.clock, log: stack.log, rpc },
    ended.signal,
  );
  await stack.until("it looks", async () => {
    if ((await compared()) !== undefined) return true;
    return lines.some((line) => line.includes("cannot be asked any more"));
  });
  expect(await compared()).toBeUndefined();
  ended.abort();
  await running;
  await leadership.resign();

  await stack.indexer.start();
  await stack.worker.start();
  const done = await stack.until("it is compared", compared);
  expect(done).toMatchObject({ differences: [], break_id: null });
});
