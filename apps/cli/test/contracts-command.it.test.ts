import { spawn } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { readManifest } from "@genbo/chain/manifest";
import { keepManifest, manifestFile } from "@genbo/chain/manifest-file";
import { inheritedEnv } from "@genbo/domain/env";
import { exitOf } from "@genbo/domain/tether";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestChain, type TestChain, testAdmin } from "../../../test/support/deployed-chain.ts";

const cwd = mkdtempSync(join(tmpdir(), "genbo-contracts-"));
const local = join(cwd, ".genbo/local");
let chain: TestChain;

beforeAll(async () => {
  chain = await startTestChain();
  // As the worker keeps it in the folder of `npm start`.
  keepManifest(manifestFile(local), await readManifest(chain.rpc, testAdmin.address));
});
afterAll(async () => {
  await chain?.stop();
  rmSync(cwd, { recursive: true });
});

async function verified(env: Record<string, string>, ...more: string[]) {
  const main = join(import.meta.dirname, "../src/main.ts");
  const child = spawn(process.execPath, [main, "contracts", "verify", "--rpc", chain.anvil.url, ...more], {
    cwd,
    env: { ...inheritedEnv(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, complained] = [text(child.stdout), text(child.stderr)];
  const { code } = await exitOf(child);
  return [code, `${await said}${await complained}`];
}

test("verify finds the folder of `npm start`, the environment's, or the one named", async () => {
  const equal = [0, expect.stringContaining("Equal: ")];
  expect(await verified({})).toEqual(equal);
  const moved = join(cwd, "moved");
  renameSync(local, moved);
  expect(await verified({})).toEqual([1, expect.stringContaining("No admin in .genbo/local")]);
  expect(await verified({ GENBO_DATA_DIR: moved })).toEqual(equal);
  expect(await verified({ GENBO_DATA_DIR: local }, "--data", moved)).toEqual(equal);
});
