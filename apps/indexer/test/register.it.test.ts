import { contractInterface } from "@genbo/chain/abi";
import { topics } from "@genbo/chain/events";
import { bytesOf, hexOf } from "@genbo/chain/hex";
import { signTransaction } from "@genbo/chain/sign";
import { replayIssue } from "@genbo/database/register/replay";
import { heldOf } from "@genbo/database/register/standing";
import { withTransaction } from "@genbo/database/sql/connection";
import { expect, test } from "vitest";
import { testSigner } from "../../../test/support/deployed-chain.ts";
import type { MarketIssue } from "../../../test/support/market.ts";
import { startMarket } from "../../../test/support/market-stack.ts";

const token = contractInterface("SecurityToken");

const { stack, market } = await startMarket();
const { rows } = stack;

const read = async (address: string, view: string, values: unknown[] = []) => {
  const data = token.encodeFunctionData(view, values);
  const answer = await stack.anvil().rpc.call<string>("eth_call", { to: address, data }, "latest");
  return token.decodeFunctionResult(view, answer)[0] as unknown;
};

/** Register and contract agree on the head, the number of entries, the sum and each holding. */
async function expectAgreement(issue: MarketIssue) {
  const [state] = await rows<{ seq: bigint; head: string; units: bigint; holders: number }>(
    "select seq, head, units, holders from issue_state where issue_id = $1",
    [issue.id],
  );
  expect(state).toMatchObject({
    seq: await read(issue.token, "seq"),
    head: await read(issue.token, "head"),
    units: await read(issue.token, "totalSupply"),
  });
  const holdings = await rows<{ account: string; units: bigint; encumbered: bigint; person_id: string }>(
    `select account, units, encumbered, person_id from ${heldOf("$1")} h`,
    [issue.id],
  );
  for (const { account, units, encumbered } of holdings) {
    expect(await read(issue.token, "balanceOf", [account])).toBe(units);
    expect(await read(issue.token, "freeUnits", [account])).toBe(units - encumbered);
  }
  expect(holdings.reduce((sum, { units }) => sum + units, 0n)).toBe(state?.units);
  expect(new Set(holdings.map(({ person_id }) => person_id)).size).toBe(state?.holders);
}

/** Who made each line of an issue and who approved it, and whether it perfects anything. */
const linesOf = (issue: MarketIssue) =>
  rows(
    "select kind, maker, checker, perfected_at is not null as perfects from entry where issue_id = $1 order by seq",
    [issue.id],
  );

test("issued units enter the register; a bad row is refused by itself and named", async () => {
  const issue = await market.issue();
  const wallets = await market.wallets(0, 20);
  const stranger = `0x${"99".repeat(20)}`;
  const receivers = [...wallets.slice(0, 7), stranger, ...wallets.slice(7)];
  const operation = await market.run(
    "issuance",
    receivers.map((to, index) => market.issueRow(issue, to, BigInt(index + 1))),
    { issueId: issue.id },
  );
  expect(operation).toMatchObject({ state: "entered", code: null, rows_entered: 20, rows_refused: 1 });
  const refused = await rows(
    "select row, state, code from command where operation_id = $1 and state <> 'entered'",
    [operation.id],
  );
  expect(refused).toEqual([{ row: 7, state: "refused", code: 30 }]);
  const entries = await rows<{ seq: bigint; entered_at: Date; block_time: Date }>(
    `select e.*, b.hash as known_hash from entry e join chain_block b on b.number = e.block_number
     where issue_id = $1 and kind = 1 order by seq`,
    [issue.id],
  );
  expect(entries).toHaveLength(20);
  expect(entries[0]).toMatchObject({
    seq: 3n,
    basis: 1,
    units: 1n,
    from_account: null,
    to_account: wallets[0],
    acquired_on: "2021-08-01",
    trade_date: "2021-08-01",
    settlement_date: "2021-08-03",
    lots: [["2021-08-01", "1"]],
    operation_id: operation.id,
    maker: "staff:maker",
  });
  expect(entries[0]?.entered_at).toEqual(entries[0]?.block_time);
  expect(operation.entered_at).toEqual(entries.at(-1)?.block_time);
  await expectAgreement(issue);
});

test("an operation of which no row enters is refused, with the reason", async () => {
  const issue = await market.issue({}, 10n);
  const [to = ""] = await market.wallets(0, 1);
  expect(await market.run("issuance", [market.issueRow(issue, to, 11n)])).toMatchObject({
    state: "refused",
    code: "SUPPLY_CAP",
    rows_refused: 1,
  });
});

test("a transaction that reverts as a whole refuses every row, and the lane goes on", async () => {
  const issue = await market.issue();
  const [from = "", to = ""] = await market.wallets(0, 2);
  const wrongRole = { ...market.issueRow(issue, to, 1n), signer: market.brokers[0].signer };
  const operation = await market.run("issuance", [
    wrongRole,
    { ...wrongRole, args: { ...wrongRole.args, to: from } },
  ]);
  expect(operation).toMatchObject({ state: "refused", code: "REVERTED", rows_refused: 2 });
  await market.run("issuance", [market.issueRow(issue, from, 5n)]);
  expect(await market.run("transfer", [market.transferRow(issue, 0, from, to, 2n)])).toMatchObject({
    state: "entered",
  });
  await expectAgreement(issue);
});

test("a command that no contract could carry out fails alone", async () => {
  const issue = await market.issue();
  const [to = ""] = await market.wallets(0, 1);
  const good = market.issueRow(issue, to, 1n);
  const operation = await market.run("issuance", [
    { ...good, args: { ...good.args, units: "1e3" } },
    { ...good, args: { ...good.args, to: "0x12" } },
    good,
  ]);
  expect(operation).toMatchObject({ state: "entered", rows_entered: 1, rows_refused: 2 });
  expect(await market.run("nonsense", [{ ...good, call: "selfDestruct" }])).toMatchObject({
    state: "failed",
    code: "REVERTED",
  });
});

test("a joint request is held, accepted, approved and entered, naming who made and who checked it [TA 195(2)] [TA 198(2)]", async () => {
  const issue = await market.issue({ acceptanceRequired: true, approvalRequired: true });
  const [from = ""] = await market.wallets(0, 1);
  const [to = ""] = await market.wallets(1, 1);
  await market.run("issuance", [market.issueRow(issue, from, 10n)]);
  const ref = await market.transfer(issue, from, to, 4n);
  const state = async () =>
    (await rows<{ state: string }>("select state from transfer where ref = $1", [ref]))[0]?.state;
  const step = (call: string, by: { maker?: string; checker?: string } = {}) =>
    market.run(`transfer.${call}`, [market.transferStep(issue, ref, call)], by);

  await step("requestTransfers", { maker: "staff:seller" });
  expect(await state()).toBe("held");
  await expectAgreement(issue);
  expect(await step("approveTransfers")).toMatchObject({
    state: "refused",
    code: "HOLD_NOT_ACCEPTED",
  });
  expect(await state()).toBe("held");
  await step("acceptTransfers", { maker: "staff:buyer" });
  expect(await state()).toBe("accepted");
  await step("approveTransfers", { maker: "staff:registrar", checker: "staff:registrar" });
  expect(await state()).toBe("entered");
  const [entry] = await rows("select * from entry where issue_id = $1 and kind = 8", [issue.id]);
  expect(entry).toMatchObject({
    basis: 2,
    units: 4n,
    trade_date: "2021-08-01",
    acquired_on: "2021-08-01",
    settlement_date: "2021-08-03",
    hold_id: ref,
    maker: "staff:seller",
    checker: "staff:registrar",
    lots: [["2021-08-01", "4"]],
  });
  expect(await linesOf(issue)).toEqual([
    { kind: 11, maker: "staff:maker", checker: null, perfects: false },
    { kind: 14, maker: "staff:maker", checker: null, perfects: false },
    { kind: 1, maker: "staff:maker", checker: null, perfects: true },
    { kind: 6, maker: "staff:seller", checker: null, perfects: false },
    { kind: 7, maker: "staff:buyer", checker: null, perfects: false },
    { kind: 8, maker: "staff:seller", checker: "staff:registrar", perfects: true },
  ]);
  await expectAgreement(issue);
  expect(await step("requestTransfers")).toMatchObject({
    state: "refused",
    code: "REF_USED",
  });
});

test("a rejection and a cancellation are lines of who did them, and perfect nothing", async () => {
  const issue = await market.issue({ approvalRequired: true });
  const [from = ""] = await market.wallets(0, 1);
  const [to = ""] = await market.wallets(1, 1);
  await market.run("issuance", [market.issueRow(issue, from, 10n)]);
  for (const [call, by] of [
    ["rejectTransfers", { maker: "staff:registrar", checker: "staff:registrar" }],
    ["cancelTransfers", { maker: "staff:desk" }],
  ] as const) {
    const ref = await market.transfer(issue, from, to, 4n);
    const request = market.transferStep(issue, ref, "requestTransfers");
    await market.run("transfer.request", [request], { maker: "staff:seller" });
    await market.run(`transfer.${call}`, [market.transferStep(issue, ref, call)], by);
  }
  expect((await linesOf(issue)).slice(3)).toEqual([
    { kind: 6, maker: "staff:seller", checker: null, perfects: false },
    { kind: 9, maker: "staff:registrar", checker: null, perfects: false },
    { kind: 6, maker: "staff:seller", checker: null, perfects: false },
    { kind: 9, maker: "staff:desk", checker: null, perfects: false },
  ]);
  await expectAgreement(issue);
});

test("logs of strangers' contracts that look like ours are passed over", async () => {
  const before = await rows("select count(*) as breaks from register_break");
  const stranger = testSigner(77);
  // Emits Entry with 128 zero bytes from its constructor: PUSH32 ref, PUSH32 topic, PUSH2 size, PUSH1 0, LOG2.
  const code = `7f${"11".repeat(32)}7f${topics.entry.slice(2)}6100806000a200`;
  const create = { chainId: 31_337, nonce: 0, gasLimit: 1_000_000, to: null, data: bytesOf(`0x${code}`) };
  const { raw, hash } = await signTransaction(stranger, create);
  await stack.anvil().rpc.call("eth_sendRawTransaction", hexOf(raw));
  const receipt = await stack.until("it is mined", () =>
    stack
      .anvil()
      .rpc.call<{ logs: unknown[]; blockNumber: string } | null>("eth_getTransactionReceipt", hash)
      .then((found) => found ?? undefined),
  );
  expect(receipt.logs).toHaveLength(1);
  await stack.until("the block is read", async () => {
    const [cursor] = await rows<{ block_number: bigint }>("select block_number from chain_cursor");
    return cursor !== undefined && cursor.block_number >= BigInt(receipt.blockNumber);
  });
  expect(await rows("select count(*) as breaks from register_break")).toEqual(before);
});

test("derived rows made again from the entries are those of the indexer, byte for byte", async () => {
  const derived = async () => {
    const text = (table: string, order: string) =>
      `select to_jsonb(t) as row from ${table} t order by ${order}`;
    return {
      periods: await rows(text("holding_period", "issue_id, account, from_seq")),
      holds: await rows(text("hold", "issue_id, id")),
      states: await rows(text("issue_state", "issue_id")),
    };
  };
  const before = await derived();
  expect(before.periods.length).toBeGreaterThan(20);
  const issues = await rows<{ id: string }>("select id from issue order by id");
  await withTransaction(stack.database.pool("genbo_indexer"), async (tx) => {
    for (const { id } of issues) await replayIssue(tx, id);
  });
  expect(await derived()).toEqual(before);
});

test("events are numbered without a gap, and every entry has one", async () => {
  const events = await rows<{ id: bigint; kind: string }>("select id, kind from event order by id");
  expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => index + 1));
  const [entries] = await rows<{ count: bigint }>("select count(*) as count from entry");
  expect(events.filter(({ kind }) => kind === "entry")).toHaveLength(Number(entries?.count));
});

test("nothing was left in between", async () => {
  expect(
    await rows("select id, state from operation where state not in ('entered', 'refused', 'failed')"),
  ).toEqual([]);
  expect(await rows("select id, state from chain_tx where state <> 'mined'")).toEqual([]);
  expect(await rows("select id from command where state in ('queued', 'taken')")).toEqual([]);
  expect(await rows("select kind, detail from register_break")).toEqual([]);
});
