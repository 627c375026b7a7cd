import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { demo } from "../src/demo/command.ts";

const dir = mkdtempSync(join(tmpdir(), "genbo-demo-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a file that cannot be written is named before anything is started", async () => {
  const data = join(dir, "data");
  const json = join(dir, "missing", "out.json");
  await expect(demo(["--json", json, "--data", data])).rejects.toThrow(
    `--json ${json} cannot be written: its folder does not exist.`,
  );
  expect(existsSync(data)).toBe(false);
});
