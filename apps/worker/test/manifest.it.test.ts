import { rmSync } from "node:fs";
import { manifestFile, readManifestFile } from "@genbo/chain/manifest-file";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";

const lines: string[] = [];
const { stack, market } = await startMarket({ nodes: 1, onLog: (line) => lines.push(line) });
const issue = await market.issue();
const [wallet] = (await market.wallets(0, 1)) as [string];

test("a worker without a manifest sends although its node does not give what one is made of, and says what it lacks", async () => {
  const path = manifestFile(stack.env("genbo_worker").dataDir);
  const kept = await stack.until("the manifest", async () => readManifestFile(path));
  await stack.worker.stop();
  rmSync(path);
  stack.nodes[0]!.fault = {
    failsAt: "eth_getLogs",
    code: -32_005,
    message: "query exceeds max block range 1000",
  };
  await stack.worker.start();
  expect(await market.run("issuance", [market.issueRow(issue, wallet, 7n)])).toMatchObject({
    state: "entered",
  });
  const said = lines.filter((line) => line.includes("the manifest of the contracts is not written yet"));
  expect(said.join()).toContain("max block range");

  await stack.worker.stop();
  stack.nodes[0]!.fault = "none";
  await stack.worker.start();
  expect(await stack.until("the manifest", async () => readManifestFile(path))).toEqual(kept);
});
