import { readQuantity } from "@genbo/chain/hex";
import { keccakHex } from "@genbo/chain/keccak";
import { deploymentProgress, readDeployment } from "@genbo/database/outbox/deployment";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Market, type MarketIssue, openMarket } from "../../../test/support/market.ts";
import { type StackInProcess, startStackInProcess } from "../../../test/support/stack-in-process.ts";
import type { Checkpoint } from "../src/context.ts";

/** A worker that dies when it comes to `name` for the `nth` time. Resolves when it is dead. */
async function dieAt(stack: StackInProcess, name: Checkpoint, nth: number): Promise<() => Promise<void>> {
  let seen = 0;
  const service = await stack.worker.start({
    checkpoint: async (at) => {
      if (at !== name) return;
      seen += 1;
      if (seen >= nth) throw new Error(`killed at ${name}`);
    },
  });
  return async () => {
    await expect(service.done).rejects.toThrow("killed");
    await stack.worker.stop();
  };
}

describe.each(["local", "server"] as const)("a worker that dies at any step, %s profile", (profile) => {
  let stack: StackInProcess;
  let market: Market;
  let issue: MarketIssue;
  let wallets: string[];
  beforeAll(async () => {
    stack = await startStackInProcess({ profile });
    market = await openMarket(stack);
    issue = await market.issue();
    wallets = await market.wallets(0, 450);
  });
  afterAll(() => stack?.stop());

  const cases = (["beforeStore", "stored", "broadcast", "sent"] as const).flatMap((at) =>
    [1, 2].map((nth) => [at, nth] as const),
  );
  test.each(cases)("%s, transaction %i: the same bytes go out again, and nothing twice", async (at, nth) => {
    const { rows } = stack;
    await stack.worker.stop();
    const id = await market.submit(
      "issuance",
      wallets.map((to) => market.issueRow(issue, to, 1n)),
      { issueId: issue.id },
    );
    const dead = await dieAt(stack, at, nth);
    await dead();
    const stored = await rows<{ nonce: bigint; hash: string }>(
      "select nonce, hash from chain_tx where id in (select chain_tx_id from command where operation_id = $1) order by nonce",
      [id],
    );
    const least = at === "beforeStore" ? nth - 1 : nth;
    expect(stored.length).toBeGreaterThanOrEqual(least);
    // Where blocks are final, the next batch may be stored while one goes to the node.
    expect(stored.length).toBeLessThanOrEqual(profile === "local" ? least : least + 1);

    await stack.worker.start();
    expect(await market.ended(id)).toMatchObject({ state: "entered", rows_entered: 450, rows_refused: 0 });
    const transactions = await rows<{ nonce: bigint; hash: string; raw: Buffer; state: string }>(
      "select nonce, hash, raw, state from chain_tx where signer = $1 order by nonce",
      [market.issuer.signer],
    );
    expect(transactions.map(({ nonce, hash }) => ({ nonce, hash }))).toEqual(expect.arrayContaining(stored));
    for (const { raw, hash } of transactions) expect(keccakHex(raw)).toBe(hash);
    const count = await stack
      .anvil()
      .rpc.call<string>("eth_getTransactionCount", market.issuer.signer, "latest");
    expect(readQuantity(count)).toBe(transactions.length);
    const [entered] = await rows(
      "select count(*)::integer as entries, count(distinct ref)::integer as refs from entry where operation_id = $1",
      [id],
    );
    expect(entered).toEqual({ entries: 450, refs: 450 });
  });
});

test("a deployment that is cut off at every step goes on from what is stored", async () => {
  const stack = await startStackInProcess({ withoutWorker: true });
  try {
    const cuts: [Checkpoint, number][] = [
      ["beforeStore", 1],
      ["stored", 1],
      ["broadcast", 1],
      ["sent", 1],
      ["broadcast", 3],
      ["sent", 4],
    ];
    for (const [at, nth] of cuts) await (await dieAt(stack, at, nth))();
    await stack.worker.start();
    const deployment = await stack.until("the contracts stand", () => readDeployment(stack.owner));
    const { stored, mined } = await deploymentProgress(stack.owner, deployment.admin);
    expect(mined).toBe(stored);
    const { rows } = await stack.owner.query(
      "select next_nonce::integer as next from lane where signer = $1",
      [deployment.admin],
    );
    expect(rows).toEqual([{ next: stored }]);
    for (const contract of [
      deployment.manager,
      deployment.registry,
      deployment.factory,
      deployment.implementation,
    ]) {
      expect(
        (await stack.anvil().rpc.call<string>("eth_getCode", contract, "latest")).length,
      ).toBeGreaterThan(2);
    }
    await openMarket(stack);
  } finally {
    await stack.stop();
  }
}, 60_000);

test("a worker sends on its lanes while another one has the admin's", async () => {
  const stack = await startStackInProcess();
  try {
    const market = await openMarket(stack);
    const issue = await market.issue();
    const [wallet] = await market.wallets(0, 1);
    await stack.worker.stop();
    const { admin } = (await readDeployment(stack.owner))!;
    await stack.owner.query(
      "update lane set holder = 'another worker', lease_until = now() + interval '1 hour' where signer = $1",
      [admin],
    );
    await stack.worker.start();
    expect(await market.run("issuance", [market.issueRow(issue, wallet!, 1n)])).toMatchObject({
      state: "entered",
    });
  } finally {
    await stack.stop();
  }
});

test("contracts that stand are not deployed again", async () => {
  const stack = await startStackInProcess();
  try {
    const before = await readDeployment(stack.owner);
    await stack.worker.stop();
    await stack.worker.start();
    await openMarket(stack);
    expect(await readDeployment(stack.owner)).toEqual(before);
    const progress = await deploymentProgress(stack.owner, before!.admin);
    expect(progress.mined).toBe(progress.stored);
  } finally {
    await stack.stop();
  }
});
