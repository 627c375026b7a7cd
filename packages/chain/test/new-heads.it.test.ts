import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Anvil, startAnvil } from "../src/anvil.ts";
import { hearHeads, type NewHeads } from "../src/new-heads.ts";

let dataDir: string;
let anvil: Anvil;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "genbo-heads-"));
  anvil = await startAnvil({ dataDir, time: 1_627_776_000 });
  // From here on a block is mined when a test wants one.
  await anvil.rpc.call("evm_setIntervalMining", 0);
});
afterAll(async () => {
  await anvil.stop();
  rmSync(dataDir, { recursive: true });
});

/** Longer than any test: who waits so long has heard nothing. */
const neverMs = 3_600_000;
/** Longer than the news of a block takes. */
const newsMs = 300;

const mine = () => anvil.rpc.call("evm_mine");

/** Mines until `act` has ended: nobody says when a subscription has come about. */
async function whileMining(act: () => Promise<void>): Promise<void> {
  const mining = setInterval(() => void mine().catch(() => undefined), 20);
  try {
    await act();
  } finally {
    clearInterval(mining);
  }
}

/** After the first heard block: a wait lasts until a block is mined, and no longer. */
async function expectABlockEndsTheWait(heads: NewHeads, signal: AbortSignal): Promise<void> {
  await sleep(newsMs);
  // Forgets what was mined meanwhile.
  await heads.wait(1, signal);
  let ended = false;
  const waiting = heads.wait(neverMs, signal).then(() => {
    ended = true;
  });
  await sleep(newsMs);
  expect(ended).toBe(false);
  await mine();
  await waiting;
}

test("a block ends the wait, one that came before it too; so does the signal", async () => {
  const heads = hearHeads([anvil.url]);
  const stop = new AbortController();
  try {
    await whileMining(() => heads.wait(neverMs, stop.signal));
    await expectABlockEndsTheWait(heads, stop.signal);
    await mine();
    await sleep(newsMs);
    await heads.wait(neverMs, stop.signal);
    const waiting = heads.wait(neverMs, stop.signal);
    stop.abort();
    await waiting;
    await heads.wait(neverMs, stop.signal);
  } finally {
    heads.close();
  }
});

test("a node that takes no subscription is waited for no longer than was asked, and another one is heard", async () => {
  const page = createServer((_request, response) => response.end("<html>"));
  await new Promise<void>((done) => page.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const deaf = hearHeads([url]);
  const both = hearHeads([url, `${url}/#no-websocket`, anvil.url]);
  try {
    await whileMining(() => both.wait(neverMs, signal));
    await expectABlockEndsTheWait(both, signal);
    const began = performance.now();
    await whileMining(() => deaf.wait(newsMs, signal));
    // A timer may be early by less than a millisecond.
    expect(performance.now() - began).toBeGreaterThanOrEqual(newsMs - 1);
  } finally {
    deaf.close();
    both.close();
    page.close();
  }
});
