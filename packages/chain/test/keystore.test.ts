import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recoverAddress } from "ethers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hexOf } from "../src/hex.ts";
import { keccak } from "../src/keccak.ts";
import { openKeystore } from "../src/keystore.ts";

let root: string;
let secretFile: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "genbo-keystore-"));
  secretFile = join(root, "secret");
  await writeFile(secretFile, "5f".repeat(32), { mode: 0o600 });
});
afterAll(() => rm(root, { recursive: true }));

const open = (dir: string) => openKeystore(join(root, dir), secretFile);

test("a key outlives the process that made it, and signs", async () => {
  const address = await open("a").createSigner("pty_1");
  const signer = await open("a").signerFor(address);
  const digest = keccak(Buffer.from("entry"));
  const { r, s, yParity } = await signer.sign(digest);
  expect(recoverAddress(digest, { r: hexOf(r), s: hexOf(s), yParity }).toLowerCase()).toBe(address);
  expect(await open("a").find("pty_1")).toBe(address);
  expect(await open("a").find("pty_2")).toBeUndefined();
  expect(await open("a").list()).toEqual([{ label: "pty_1", address }]);
});

test("one label is one key, even when two processes make it at once", async () => {
  const addresses = await Promise.all(Array.from({ length: 8 }, () => open("b").createSigner("admin")));
  expect(new Set(addresses).size).toBe(1);
  expect(await readdir(join(root, "b"))).toEqual(["admin.json"]);
});

test("files are 0600 in a folder of 0700 and hold no key in the clear", async () => {
  await open("c").createSigner("admin");
  const file = join(root, "c", "admin.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(root, "c"))).mode & 0o777).toBe(0o700);
  expect(Object.keys(JSON.parse(await readFile(file, "utf8")))).toEqual([
    "version",
    "label",
    "address",
    "salt",
    "iv",
    "sealed",
  ]);
});

test("a file under another name, another secret or a changed byte does not open", async () => {
  const address = await open("d").createSigner("admin");
  const file = join(root, "d", "admin.json");
  const content = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...content, label: "broker" }));
  await expect(open("d").signerFor(address)).rejects.toThrow('The key "broker" does not open');
  await writeFile(file, JSON.stringify({ ...content, sealed: `${content.sealed.slice(0, -2)}00` }));
  await expect(open("d").signerFor(address)).rejects.toThrow("does not open");
  await writeFile(file, JSON.stringify(content));
  const other = join(root, "other-secret");
  await writeFile(other, "60".repeat(32), { mode: 0o600 });
  await expect(openKeystore(join(root, "d"), other).signerFor(address)).rejects.toThrow(
    "another keystore secret",
  );
});

test("a secret that others can read, or that is too short, is refused", async () => {
  const loose = join(root, "loose");
  await writeFile(loose, "5f".repeat(32));
  await chmod(loose, 0o644);
  await expect(openKeystore(join(root, "e"), loose).createSigner("admin")).rejects.toThrow("chmod 600");
  const short = join(root, "short");
  await writeFile(short, "password", { mode: 0o600 });
  await expect(openKeystore(join(root, "e"), short).createSigner("admin")).rejects.toThrow("too short");
  await rename(short, loose);
  await expect(open("e").createSigner("../escape")).rejects.toThrow("label");
  await expect(open("e").signerFor(`0x${"00".repeat(20)}`)).rejects.toThrow("no key");
});
