import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readScenario } from "@genbo/cli/demo/fixture";
import { draftOf } from "@genbo/cli/demo/terms";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import openapiTS, { astToString } from "openapi-typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stackFolder } from "../support/stack-folder.ts";

const root = resolve(import.meta.dirname, "../..");
const { dataDir, remove } = stackFolder("sdk");
let stack: Stack;
/** Inside the repository, so that the client finds openapi-fetch; outside of node_modules, where Node strips no types. */
let folder: string;

beforeAll(async () => {
  mkdirSync(join(root, ".genbo"), { recursive: true });
  folder = mkdtempSync(join(root, ".genbo", "sdk-"));
  stack = await startStack({ dataDir, genesisTime: new Date("2021-10-07T09:00:00+09:00") });
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("a client generated from /openapi.json completes steps 1 to 4, with the types of the document", async () => {
  const types = await openapiTS(new URL("/openapi.json", stack.urls.api));
  writeFileSync(join(folder, "schema.d.ts"), astToString(types));
  copyFileSync(join(import.meta.dirname, "sdk-steps.ts.txt"), join(folder, "steps.ts"));
  const draftFile = join(folder, "draft.json");
  writeFileSync(draftFile, JSON.stringify(draftOf(readScenario(), "")));
  const config = { extends: join(root, "tsconfig.json"), include: ["*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  run([join(root, "node_modules/typescript/bin/tsc"), "--project", folder]);

  const operatorKey = readFileSync(stack.folder.operatorKeyFile, "utf8").trim();
  const output = run([join(folder, "steps.ts"), stack.urls.api, operatorKey, draftFile]);
  expect(JSON.parse(output).map(({ units }: { units: string }) => units)).toEqual(["2", "1451"]);
}, 120_000);

/** @throws Error with what the program said */
function run(args: string[]): string {
  try {
    return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${args[0]} failed:\n${stdout}\n${stderr}`);
  }
}
