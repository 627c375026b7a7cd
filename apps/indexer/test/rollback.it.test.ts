import { contractInterface } from "@genbo/chain/abi";
import { dumpState } from "@genbo/chain/anvil-state";
import { expect, test } from "vitest";
import { type MarketIssue, openMarket } from "../../../test/support/market.ts";
import { startMarket } from "../../../test/support/market-stack.ts";
import { startStackInProcess } from "../../../test/support/stack-in-process.ts";

const { stack, market } = await startMarket();
const { rows } = stack;

const rolledBack = (count: number) =>
  stack.until("the register goes back", async () => {
    const events = await rows<{ data: { entries: number } }>(
      "select data from event where kind = 'chain.rolledBack' order by id",
    );
    return events.length >= count && events;
  });
const settled = () =>
  stack.until("everything is entered again", async () => {
    const [open] = await rows<{ open: bigint }>(
      `select (select count(*) from operation where state not in ('entered', 'refused', 'failed'))
        + (select count(*) from chain_tx where state <> 'mined') as open`,
    );
    return open?.open === 0n;
  });

/** What must come out of the replay as it was, whatever the blocks are now. */
const picture = async () => ({
  entries: await rows(
    `select issue_id, seq, kind, units, from_account, to_account, ref, head, lots, operation_id, maker, checker,
       perfected_at is not null as perfects from entry order by issue_id, seq`,
  ),
  registry: await rows("select seq, wallet, record, head, operation_id from registry_record order by seq"),
  accounts: await rows("select * from account order by address"),
  holdings: await rows(
    "select issue_id, account, units, encumbered, lots, opens from holding_period order by issue_id, account, from_seq",
  ),
  operations: await rows("select id, state, code, rows_entered, rows_refused from operation order by id"),
  commands: await rows("select id, state, code, chain_tx_id, tx_row from command order by id"),
  transactions: await rows(
    "select id, signer, nonce, hash, encode(raw, 'hex') as raw, state, reverted from chain_tx order by id",
  ),
  issues: await rows("select id, state, token, code_hash from issue order by id"),
  transfers: await rows<{ ref: string; state: string }>("select ref, state from transfer order by ref"),
});

const headOnChain = async ({ token }: MarketIssue) => {
  const codec = contractInterface("SecurityToken");
  return stack
    .anvil()
    .rpc.call<string>("eth_call", { to: token, data: codec.encodeFunctionData("head") }, "latest");
};

test("what a killed chain lost comes out as it did the first time, from the stored bytes, over all lanes", async () => {
  const before = await market.issue({ acceptanceRequired: true, approvalRequired: true });
  const early = await market.wallets(0, 10);
  const [buyer = ""] = await market.wallets(1, 1);
  await market.run(
    "issuance",
    early.map((to) => market.issueRow(before, to, 7n)),
  );
  const step = (ref: string, call: string) => market.run(call, [market.transferStep(before, ref, call)]);
  const transfers = await Promise.all(
    early.slice(0, 4).map((from) => market.transfer(before, from, buyer, 2n)),
  );
  const [over = "", going = "", begun = ""] = transfers;
  for (const ref of [over, going]) await step(ref, "requestTransfers");
  await step(over, "rejectTransfers");
  await dumpState(stack.anvil().rpc, stack.chainDir);

  // One act depends on the other, each on another lane: registry, factory, issuer, broker.
  const late = await market.wallets(1, 40);
  const issue = await market.issue();
  await market.run(
    "issuance",
    [...late, `0x${"99".repeat(20)}`].map((to) => market.issueRow(issue, to, 5n)),
  );
  await market.run(
    "transfer",
    late.slice(0, 20).map((from, i) => market.transferRow(issue, 1, from, late[20 + i]!, 5n)),
  );
  expect(await step(over, "acceptTransfers")).toMatchObject({ state: "refused", code: "HOLD_UNKNOWN" });
  await step(going, "acceptTransfers");
  await step(begun, "requestTransfers");
  // A decision that is filed now says nothing about the lines that were made before it.
  await stack.database
    .pool("genbo_api")
    .query("update transfer set checker = 'staff:registrar' where ref = any($1)", [[going, begun]]);
  const expected = await picture();
  const head = await headOnChain(issue);

  expect(expected.transfers.map(({ state }) => state).sort()).toEqual([
    "accepted",
    "held",
    "rejected",
    "requested",
  ]);

  await stack.killChain();
  const [event] = await rolledBack(1);
  expect(event?.data).toMatchObject({ entries: 64 });
  await settled();
  expect(await picture()).toEqual(expected);
  expect(await headOnChain(issue)).toBe(head);
  expect(await rows("select * from register_break")).toEqual([]);
  const events = await rows<{ id: bigint }>("select id from event order by id");
  expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => index + 1));
}, 60_000);

test("a chain that dies before it was ever dumped is deployed anew from the stored bytes", async () => {
  const other = await startStackInProcess();
  try {
    const place = await openMarket(other);
    const issue = await place.issue();
    const wallets = await place.wallets(0, 3);
    const done = await place.run(
      "issuance",
      wallets.map((to) => place.issueRow(issue, to, 2n)),
    );
    const { rows: before } = await other.owner.query("select issue_id, seq, head from entry order by 1, 2");
    await other.killChain();
    await other.until("the register goes back", async () => {
      const { rowCount } = await other.owner.query("select 1 from event where kind = 'chain.rolledBack'");
      return (rowCount ?? 0) > 0;
    });
    expect(await place.ended(done.id)).toMatchObject({ state: "entered", rows_entered: 3 });
    const { rows: after } = await other.owner.query("select issue_id, seq, head from entry order by 1, 2");
    expect(after).toEqual(before);
    expect(await place.run("issuance", [place.issueRow(issue, wallets[0]!, 1n)])).toMatchObject({
      state: "entered",
    });
  } finally {
    await other.stop();
  }
}, 60_000);

test("a chain killed under load, again and again, loses nothing and doubles nothing", async () => {
  const issue = await market.issue();
  const wallets = await market.wallets(0, 200);
  const operations: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let batch = 0; batch < 5; batch += 1) {
      operations.push(
        await market.submit(
          "issuance",
          wallets.map((to) => market.issueRow(issue, to, 1n)),
        ),
      );
      await new Promise((done) => setTimeout(done, 30));
    }
    if (round === 1) await dumpState(stack.anvil().rpc, stack.chainDir);
    await stack.killChain();
  }
  for (const id of operations)
    expect(await market.ended(id, 30_000)).toMatchObject({ state: "entered", rows_entered: 200 });
  await settled();
  const [sum] = await rows(
    "select count(*)::integer as entries, sum(units)::integer as units from entry where issue_id = $1 and kind = 1",
    [issue.id],
  );
  expect(sum).toEqual({ entries: 3_000, units: 3_000 });
  const [state] = await rows<{ head: string }>("select head from issue_state where issue_id = $1", [
    issue.id,
  ]);
  expect(await headOnChain(issue)).toBe(state?.head);
}, 90_000);
