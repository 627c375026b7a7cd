import { createPool } from "@genbo/database/sql/connection";
import { afterAll, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket();
const { rows } = stack;
const issue = await market.issue();
const elsewhere = new URL(stack.database.adminUrl);
elsewhere.pathname = "/postgres";
const admin = createPool(elsewhere.href, { max: 1 });
afterAll(() => admin.end());

const name = () => stack.database.name;
const yesterday = () => `${name()}_yesterday`;

/** Nobody may be connected to a database that is copied or renamed. */
const disconnected = (database: string) =>
  admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [database]);
const stopped = async (act: () => Promise<void>) => {
  await stack.worker.stop();
  await stack.indexer.stop();
  await disconnected(name());
  await act();
  await stack.indexer.start();
};
const issueTo = (wallets: readonly string[]) =>
  market.run(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 3n)),
  );
/** The register as the chain gives it, apart from what our own commands say of it. */
const register = async () => ({
  entries: await rows(
    `select seq, kind, units, to_account, to_person, ref, head, lots, block_number, block_hash, tx_hash from entry
     where issue_id = $1 order by seq`,
    [issue.id],
  ),
  holdings: await rows(
    "select account, person_id, from_seq, units, lots from holding_period where issue_id = $1 order by 1, 3",
    [issue.id],
  ),
  records: await rows("select seq, wallet, record, particulars, head from registry_record order by seq"),
  state: await rows("select seq, head, units, holders, accounts from issue_state where issue_id = $1", [
    issue.id,
  ]),
});

test("a database restored from yesterday reads the chain on to the same register; its lanes stand until two persons have agreed, and send nothing twice", async () => {
  const wallets = await market.wallets(0, 3);
  await issueTo(wallets);
  await stack.worker.stop();
  // Accepted before the backup, sent after it: the restored database still owes it, and the chain has it already.
  const owed = await market.submit("issuance", [market.issueRow(issue, wallets[0]!, 5n)]);
  await stopped(async () => {
    await admin.query(`create database ${yesterday()} template ${name()}`);
  });
  await stack.worker.start();
  await market.ended(owed);
  await issueTo(await market.wallets(0, 4));
  const today = await register();
  const [cursor] = await rows<{ block: bigint }>("select block_number as block from chain_cursor");

  await stopped(async () => {
    await admin.query(`drop database ${name()}`);
    await admin.query(`alter database ${yesterday()} rename to ${name()}`);
  });
  await stack.until("the register has caught up", async () => {
    const [now] = await rows<{ block: bigint }>("select block_number as block from chain_cursor");
    return now!.block >= cursor!.block;
  });
  expect(await register()).toEqual(today);
  expect(await rows("select kind from register_break")).toEqual([]);
  expect(await market.ended(owed), "it is done, though its transaction is not ours to know").toMatchObject({
    state: "entered",
    rows_entered: 1,
  });

  // What was sent today is not in the outbox: its keys have sent what this database knows nothing of.
  await stack.worker.start();
  const lanes = await stack.until("the lanes that sent today stand still", async () => {
    const found = await rows<{ signer: string; reason: string }>(
      "select signer, stopped_reason as reason from lane where stopped_reason is not null",
    );
    return found.length >= 2 && found;
  });
  expect(lanes.map(({ signer }) => signer).sort()).toEqual(
    [market.issuer.signer, market.brokers[0].signer].sort(),
  );
  for (const { reason } of lanes) expect(reason).toContain("transactions of this signer");

  await stack.until("each has its break", async () => {
    const open = await rows("select 1 from register_break where kind = 'NONCE_TAKEN'");
    return open.length === lanes.length;
  });
  await stack.database
    .pool("genbo_api")
    .query(
      "update register_break set closed_by = 'staff:one', closed_checker = 'staff:two', reason = 'restored', closed_at = now()",
    );
  expect(await issueTo(await market.wallets(0, 2))).toMatchObject({ state: "entered" });
  const [{ units } = {}] = await rows<{ units: bigint }>(
    "select units from issue_state where issue_id = $1",
    [issue.id],
  );
  expect(units, "3 × 3, 5 once, 4 × 3, 2 × 3").toBe(32n);
}, 60_000);
