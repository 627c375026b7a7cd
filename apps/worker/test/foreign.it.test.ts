import { hexOf } from "@genbo/chain/hex";
import { signTransaction } from "@genbo/chain/sign";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

// A signer's key that somebody else uses too. The foreign transactions are real ones, of that key, on the chain.
const { stack, market } = await startMarket({ nodes: 1 });
const { rows } = stack;
const issue = await market.issue();
const wallets = await market.wallets(0, 450);

const sendElsewhere = async (nonce: number) => {
  const signer = await stack.keystore.signerFor(market.issuer.signer);
  const { signer: to } = market.issuer;
  const request = { chainId: 31_337, nonce, gasLimit: 21_000, to, data: Buffer.alloc(0) };
  const { raw } = await signTransaction(signer, request);
  await stack.anvil().rpc.call("eth_sendRawTransaction", hexOf(raw));
  await stack.anvil().rpc.call("evm_mine");
};
const lane = async () => {
  const found = await rows<{ next: number; reason: string | null }>(
    "select next_nonce::integer as next, stopped_reason as reason from lane where signer = $1",
    [market.issuer.signer],
  );
  return found[0]!;
};
const breaks = () =>
  rows<{ id: string; kind: string; detail: { signer: string }; resumed_at: Date | null }>(
    "select * from register_break order by opened_at, id",
  );
const openBreaks = async () => (await breaks()).filter(({ resumed_at }) => resumed_at === null);
const theBreak = () =>
  stack.until("the lane's break", async () => {
    const open = await openBreaks();
    return open.length === 1 && open[0];
  });
/** As the api's role: the route itself is tested where it belongs. */
const close = async (id: string) => {
  const api = stack.database.pool("genbo_api");
  await api.query(
    "update register_break set closed_by = 'staff:one', reason = 'the key was copied' where id = $1",
    [id],
  );
  const second = () =>
    api.query("update register_break set closed_checker = 'staff:two', closed_at = now() where id = $1", [
      id,
    ]);
  return second;
};
const issueAll = () =>
  market.submit(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 1n)),
  );
const entriesOf = async (id: string) =>
  (
    await rows<{ entries: number; refs: number }>(
      "select count(*)::integer as entries, count(distinct ref)::integer as refs from entry where operation_id = $1",
      [id],
    )
  )[0];

test("a foreign transaction stops the lane with a break; the others go on, and a restart hides nothing", async () => {
  await market.run("issuance", [market.issueRow(issue, wallets[0]!, 10n)]);
  await sendElsewhere(1);
  const id = await market.submit("issuance", [market.issueRow(issue, wallets[0]!, 1n)]);
  const found = await theBreak();
  expect(found).toMatchObject({ kind: "NONCE_TAKEN", detail: { signer: market.issuer.signer } });
  expect((await lane()).reason).toContain("Somebody else sent transaction 1");
  expect(
    await rows("select 1 from event where kind = 'break.opened' and subject_id = $1", [found.id]),
  ).toHaveLength(1);
  const moved = [market.transferRow(issue, 0, wallets[0]!, wallets[1]!, 1n)];
  expect(await market.run("transfer", moved), "no register waits for a lane").toMatchObject({
    state: "entered",
  });

  await stack.worker.stop();
  await stack.worker.start();
  // A second transfer is sent by the new worker, so it has taken the lanes over.
  expect(await market.run("transfer", moved)).toMatchObject({ state: "entered" });
  expect((await lane()).reason).not.toBeNull();
  expect(await openBreaks()).toHaveLength(1);

  const second = await close(found.id);
  expect((await lane()).reason, "one person is not enough").not.toBeNull();
  await second();
  expect(await market.ended(id)).toMatchObject({ state: "entered", rows_entered: 1 });
  expect(await entriesOf(id)).toEqual({ entries: 1, refs: 1 });
  expect(await lane()).toEqual({ next: 3, reason: null });
  expect(await openBreaks()).toEqual([]);
});

test.each([1, 6])(
  "of the transactions in flight those are sent anew whose nonces %i foreign ones took, and all rows enter once",
  async (taken) => {
    const { next } = await lane();
    const [node] = stack.nodes;
    node!.fault = "swallows";
    const id = await issueAll();
    const stored = () =>
      rows<{ nonce: number; state: string }>(
        "select nonce::integer as nonce, state from chain_tx where signer = $1 and nonce >= $2 order by nonce",
        [market.issuer.signer, next],
      );
    const inFlight = await stack.until("all rows are in flight", async () => {
      const [queued] = await rows(
        "select 1 from command where operation_id = $1 and state = 'queued' limit 1",
        [id],
      );
      return queued === undefined && (await stored());
    });
    expect(inFlight.length).toBeGreaterThan(1);
    expect(inFlight.length).toBeLessThan(6);
    for (let foreign = 0; foreign < taken; foreign += 1) await sendElsewhere(next + foreign);
    node!.fault = "none";
    await (await close((await theBreak()).id))();
    expect(await market.ended(id, 40_000)).toMatchObject({
      state: "entered",
      rows_entered: 450,
      rows_refused: 0,
    });
    expect(await entriesOf(id)).toEqual({ entries: 450, refs: 450 });
    const after = await stored();
    expect(after.filter(({ state }) => state === "lost").map(({ nonce }) => nonce)).toEqual(
      inFlight.map(({ nonce }) => nonce).filter((nonce) => nonce < next + taken),
    );
    expect(new Set(after.map(({ state }) => state))).toEqual(new Set(["lost", "mined"]));
    expect((await market.run("issuance", [market.issueRow(issue, wallets[0]!, 1n)])).state).toBe("entered");
  },
  60_000,
);
