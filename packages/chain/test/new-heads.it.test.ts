import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Anvil, startAnvil } from "../src/anvil.ts";
import { hearHeads } from "../src/new-heads.ts";

let dataDir: string;
let anvil: Anvil;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "genbo-heads-"));
  anvil = await startAnvil({ dataDir, time: 1_627_776_000 });
});
afterAll(async () => {
  await anvil.stop();
  rmSync(dataDir, { recursive: true });
});

/** Longer than any test: who waits so long has heard nothing. */
const neverMs = 3_600_000;

test("a block ends the wait, one that came before it too; so does the signal", async () => {
  const heads = hearHeads([anvil.url]);
  const stop = new AbortController();
  const mining = setInterval(() => anvil.rpc.call("evm_mine").catch(() => undefined), 20);
  try {
    await heads.wait(neverMs, stop.signal);
    await heads.wait(neverMs, stop.signal);
  } finally {
    clearInterval(mining);
  }
  stop.abort();
  await heads.wait(neverMs, stop.signal);
  heads.close();
});

test("a node that takes no subscription is waited for no longer than was asked, and another one is heard", async () => {
  const page = createServer((_request, response) => response.end("<html>"));
  await new Promise<void>((done) => page.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  const stop = new AbortController();
  const deaf = hearHeads([url]);
  const both = hearHeads([url, `${url}/#no-websocket`, anvil.url]);
  const mining = setInterval(() => anvil.rpc.call("evm_mine").catch(() => undefined), 20);
  try {
    await deaf.wait(1, stop.signal);
    await both.wait(neverMs, stop.signal);
    expect(stop.signal.aborted).toBe(false);
  } finally {
    clearInterval(mining);
    deaf.close();
    both.close();
    page.close();
  }
});
