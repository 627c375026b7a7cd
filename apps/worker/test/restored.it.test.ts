import { batchRowsMax } from "@genbo/chain/gas";
import { readQuantity } from "@genbo/chain/hex";
import { createPool } from "@genbo/database/sql/connection";
import { afterAll, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { headAgeMsMax } from "../src/limits.ts";

const lines: string[] = [];
// The chain's clock is late, so that a node that stands still need not do so for long until its head is old.
const { stack, market } = await startMarket({
  profile: "server",
  nodes: 1,
  genesis: new Date(Date.now() - headAgeMsMax / 3),
  onLog: (line) => lines.push(line),
});
const { rows } = stack;
const issues = [await market.issue(), await market.issue()];
const [wallet] = await market.wallets(0, 1);
// Of a lane that has sent nothing yet any count is its own.
await market.run("issuance", [market.issueRow(issues[0]!, wallet!, 1n)]);
const elsewhere = new URL(stack.database.adminUrl);
elsewhere.pathname = "/postgres";
const admin = createPool(elsewhere.href, { max: 1 });
afterAll(() => admin.end());

const { name } = stack.database;
const yesterday = `${name}_yesterday`;
const stop = async () => {
  await stack.worker.stop();
  await stack.indexer.stop();
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
};
const rpc = <T>(method: string, ...params: unknown[]) => stack.anvil().rpc.call<T>(method, ...params);
const counted = async () =>
  readQuantity(await rpc<string>("eth_getTransactionCount", market.issuer.signer, "latest"));
const issueMany = (of: (typeof issues)[number], count: number) =>
  market.submit(
    "issuance",
    Array.from({ length: count }, () => market.issueRow(of, wallet!, 1n)),
    { issueId: of.id },
  );
const breaks = () => rows("select id from register_break where kind = 'NONCE_TAKEN'");

test("a database that was restored sends nothing to a node that is behind, and nothing twice once it is level", async () => {
  await stack.worker.stop();
  const batches = 5;
  const owed = [];
  for (const issue of issues) owed.push(await issueMany(issue, batches * batchRowsMax("issue")));
  await stop();
  const head = readQuantity(await rpc<string>("eth_blockNumber"));
  const before = await counted();
  await admin.query(`create database ${yesterday} template ${name}`);

  // After the backup one more row comes, and shifts what each batch holds. Some batches are mined.
  await stack.indexer.start();
  await issueMany(issues[1]!, 1);
  let sent = 0;
  const worker = await stack.worker.start({
    checkpoint: async (at) => {
      if (at === "sent") sent += 1;
      if (sent > batches) throw new Error("killed");
    },
  });
  await expect(worker.done).rejects.toThrow("killed");
  // Some may have gone out twice, as under load they do.
  const out = "select 1 from chain_tx where signer = $1 and state = 'sent'";
  await stack.until(
    "they are mined",
    async () => (await counted()) > before && (await rows(out, [market.issuer.signer])).length === 0,
  );
  await stop();
  await admin.query(`drop database ${name}`);
  await admin.query(`alter database ${yesterday} rename to ${name}`);
  const [node] = stack.nodes;
  node!.fault = { standsAt: head };
  const { timestamp } = await rpc<{ timestamp: string }>(
    "eth_getBlockByNumber",
    `0x${head.toString(16)}`,
    false,
  );
  await stack.until(
    "its head is old",
    async () => Date.now() - readQuantity(timestamp) * 1000 > headAgeMsMax,
    headAgeMsMax,
  );

  lines.length = 0;
  await stack.indexer.start();
  await stack.worker.start();
  const says = (text: string) =>
    stack.until(`a log says ${text}`, async () => lines.some((line) => line.includes(text)));
  await says("lanes wait for a new block");
  // Several times as long as a take-over takes.
  await new Promise((done) => setTimeout(done, 5_000));
  expect(
    await rows("select 1 from chain_tx where signer = $1 and nonce >= $2", [market.issuer.signer, before]),
  ).toEqual([]);

  node!.fault = "none";
  await says("blocks are new again");
  await stack.until("the lane has its break", async () => (await breaks()).length > 0);
  await stack.database
    .pool("genbo_api")
    .query(
      "update register_break set closed_by = 'staff:one', closed_checker = 'staff:two', reason = 'restored', closed_at = now()",
    );
  for (const id of owed) expect(await market.ended(id, 60_000)).toMatchObject({ state: "entered" });
  expect(
    await rows("select ref from entry where kind = 1 group by issue_id, ref having count(*) > 1"),
  ).toEqual([]);
}, 120_000);
