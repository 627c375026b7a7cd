import { setTimeout as sleep } from "node:timers/promises";
import type { RpcCall, RpcOutcome } from "@genbo/chain/rpc";
import { NodeRefused, NodeUnavailable } from "@genbo/chain/rpc-errors";
import { leaseLanes } from "@genbo/database/outbox/lanes";
import { silentLog } from "@genbo/domain/log";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import type { SendContext } from "../src/context.ts";
import { renewEveryMs } from "../src/limits.ts";
import { createOffered } from "../src/offered.ts";
import { resend } from "../src/resend.ts";
import { openGuard } from "../src/send-guard.ts";

const signer = (digit: string) => `0x${digit.repeat(40)}`;
const refuses = (words: string): RpcOutcome => ({
  error: new NodeRefused("eth_sendRawTransaction", -32_000, words, undefined),
});
const away: RpcOutcome = { error: new NodeUnavailable("connect ECONNREFUSED") };
const takes: RpcOutcome = { result: "0x" };

/** What nodes answer to these bytes, of which the first is the lane and the second the nonce. */
type Answers = (lane: string, nonce: string) => RpcOutcome[];

/** Lanes a, b… with so many stored transactions each, in turns, on a chain with finality whose nodes take so long. */
async function stored(lanes: string, each: number, answers: Answers, answerMs = 0) {
  const database = await createTestDatabase();
  const pool = database.pool("genbo_worker");
  const signers = [...lanes].map(signer);
  await pool.query("insert into lane (signer) select unnest($1::text[])", [signers]);
  await leaseLanes(pool, "one", 60_000);
  const asked: string[] = [];
  for (let nonce = 0; nonce < each; nonce += 1) {
    for (const lane of lanes)
      await pool.query(
        `insert into chain_tx (signer, nonce, hash, raw, call, state, created_at)
         values ($1, $2, $3, $4, 'issue', 'stored', now())`,
        [signer(lane), nonce, `0x${lane.repeat(63)}${nonce}`, Buffer.from(`${lane}${nonce}`, "hex")],
      );
  }
  const context = {
    pool,
    log: silentLog,
    local: false,
    guard: openGuard,
    clock: { now: () => new Date() },
    counts: { settled: async () => undefined, forget: () => undefined },
    rpc: { call: async () => null },
    quorum: 2,
    everybody: async ({ params }: RpcCall) => {
      const [lane, nonce] = String(params[0]).slice(2) as unknown as [string, string];
      asked.push(`${lane}${nonce}`);
      await sleep(answerMs);
      return answers(lane, nonce);
    },
    onSent: () => undefined,
    checkpoint: async () => undefined,
    metrics: { sent: () => undefined, resent: () => undefined },
  } as unknown as SendContext;
  const offered = createOffered();
  return { database, offered, asked, signers, pass: () => resend(context, offered, signers) };
}

test("a lane is blocked when every node refuses its bytes for good, and not while one does not answer", async () => {
  const nodes: RpcOutcome[] = [refuses("oversized data"), away];
  const { pass } = await stored("a", 1, () => nodes);
  expect(await pass()).toEqual(new Map());
  nodes[1] = refuses("oversized data");
  const { pass: again } = await stored("a", 1, () => nodes);
  expect([...(await again()).values()].map(({ message }) => message)).toEqual([
    expect.stringContaining("raise the node's limit"),
  ]);
});

test("that another transaction has the nonce is believed of two nodes", async () => {
  const taken = refuses("replacement transaction underpriced");
  for (const other of [away, refuses("txpool is full")])
    expect(await (await stored("a", 1, () => [taken, other])).pass()).toEqual(new Map());
  const both = await (await stored("a", 1, () => [taken, taken])).pass();
  expect([...both.values()].map(({ name }) => name)).toEqual(["NonceTaken"]);
});

test("bytes that no node answers to hold up their own lane alone; a node that answers nothing is away", async () => {
  const { pass, asked } = await stored("ab", 2, (lane) => [lane === "a" ? away : takes]);
  expect(await pass()).toEqual(new Map());
  expect(asked, "what comes after them waits").toEqual(["a0", "b0", "b1"]);
  const { pass: alone } = await stored("ab", 2, () => [away]);
  await expect(alone()).rejects.toThrow("ECONNREFUSED");
});

test("slow answers cost no leases: what there was no time for goes at the next call", async () => {
  const known = refuses("already known");
  const { pass, asked } = await stored("a", 6, () => [known], 400);
  const began = performance.now();
  expect(await pass()).toEqual(new Map());
  expect(performance.now() - began).toBeLessThan(renewEveryMs + 800);
  expect(asked.length).toBeLessThan(6);
  while (asked.length < 6) await pass();
  expect(asked).toEqual(["a0", "a1", "a2", "a3", "a4", "a5"]);
});

test("while it is unclear who used a nonce its lane sends nothing after it", async () => {
  let used = true;
  const { pass, offered, asked, database } = await stored("ab", 2, (lane, nonce) =>
    lane === "a" && nonce === "0" && used ? [refuses("nonce too low")] : [takes],
  );
  await pass();
  expect([offered.isUnclear(signer("a")), offered.isUnclear(signer("b"))]).toEqual([true, false]);
  expect(asked).toEqual(["a0", "b0", "b1"]);
  used = false;
  await pass();
  expect(offered.isUnclear(signer("a")), "the bytes were taken after all").toBe(false);
  expect(asked.slice(3)).toEqual(["a0", "a1"]);

  used = true;
  offered.forget();
  await pass();
  expect(offered.isUnclear(signer("a"))).toBe(true);
  const mined = "update chain_tx set state = 'mined', block_number = 1 where signer = $1";
  await database.pool("genbo_indexer").query(mined, [signer("a")]);
  await pass();
  expect(offered.isUnclear(signer("a")), "the register has read that it was us").toBe(false);
});
