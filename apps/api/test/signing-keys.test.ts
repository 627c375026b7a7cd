import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeystore } from "@genbo/chain/keystore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSigningKeys } from "../src/legal/signing-keys.ts";

let dir: string;
let secretFile: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "genbo-signing-"));
  secretFile = join(dir, "secret");
  writeFileSync(secretFile, "5".repeat(64), { mode: 0o600 });
});
afterAll(() => rmSync(dir, { recursive: true }));

test("a key is made once, however many ask at once, and is sealed in a file of its own [TA 187]", async () => {
  const keys = [1, 2, 3].map(() => openSigningKeys(join(dir, "keys"), secretFile).keyOf("pty_a"));
  const kids = (await Promise.all(keys)).map(({ kid }) => kid);
  expect(new Set(kids).size).toBe(1);
  const path = join(dir, "keys", "pty_a.es256.pem");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  expect((await openSigningKeys(join(dir, "keys"), secretFile).keyOf("pty_b")).kid).not.toBe(kids[0]);
  // The chain's signers share the folder and do not see it.
  expect(await openKeystore(join(dir, "keys"), secretFile).list()).toEqual([]);
});

test("a key does not open under another secret", async () => {
  await openSigningKeys(join(dir, "keys"), secretFile).keyOf("pty_c");
  const other = join(dir, "other");
  writeFileSync(other, "6".repeat(64), { mode: 0o600 });
  await expect(openSigningKeys(join(dir, "keys"), other).keyOf("pty_c")).rejects.toThrow();
});
