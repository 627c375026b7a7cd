import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv, writeEnv } from "@genbo/domain/env";
import { exitOf } from "@genbo/domain/tether";
import { afterAll, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const children: ChildProcess[] = [];
const { stack, market } = await startMarket();
const issue = await market.issue();
const wallets = await market.wallets(0, 40);
// Processes take its place, which can be killed and paused.
await stack.indexer.stop();
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(exitOf));
});

interface Follower {
  child: ChildProcess;
  /** How often it has begun to write. */
  led(): number;
}

function startFollower(): Follower {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../src/main.ts")], {
    env: { ...inheritedEnv(), ...writeEnv(stack.env("genbo_indexer")) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let text = "";
  child.stdout!.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, led: () => text.split("this indexer writes the register").length - 1 };
}

const leads = (follower: Follower, times: number, ms: number) =>
  stack.until("it leads", async () => follower.led() >= times, ms);
const issueAll = () =>
  market.submit(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 1n)),
  );
async function expectEntered(operations: readonly string[]): Promise<void> {
  for (const id of operations)
    expect(await market.ended(id, 30_000)).toMatchObject({ state: "entered", rows_entered: 40 });
  const { rows } = await stack.owner.query(
    `select count(*)::integer as entries, count(distinct seq)::integer as seqs, max(seq)::integer as last,
       (select count(*)::integer from register_break) as breaks from entry where issue_id = $1`,
    [issue.id],
  );
  const { entries } = rows[0];
  expect(rows[0]).toEqual({ entries, seqs: entries, last: entries, breaks: 0 });
}

test("a writer that is killed, or paused in the middle of its work, is followed within five seconds; paused and woken it writes nothing", async () => {
  const first = startFollower();
  await leads(first, 1, 20_000);
  const second = startFollower();
  await sleep(1_500);
  expect(second.led(), "one writes").toBe(0);

  const operations: string[] = [];
  let loading = true;
  const load = (async () => {
    for (; loading; await sleep(40)) operations.push(await issueAll());
  })();
  const pairs = [
    [first, second],
    [second, first],
  ] as const;
  for (const [round, [leader, other]] of [...pairs, ...pairs].entries()) {
    await sleep(300 + 170 * round);
    const before = other.led();
    leader.child.kill("SIGSTOP");
    const paused = performance.now();
    await leads(other, before + 1, 8_000);
    expect(performance.now() - paused).toBeLessThan(5_000);
    leader.child.kill("SIGCONT");
    await sleep(700);
    expect(other.led(), "it keeps what it has").toBe(before + 1);
  }

  first.child.kill("SIGKILL");
  const killed = performance.now();
  await leads(second, 3, 8_000);
  expect(performance.now() - killed).toBeLessThan(5_000);
  loading = false;
  await load;
  await expectEntered(operations);
}, 120_000);
