import { createHmac, randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { afterAll, describe, expect, it } from "vitest";
import { openVaultKeys, seal, unseal, vaultKeysOf } from "../src/vault/keys.ts";
import { newSubject, openParticulars, sealParticulars } from "../src/vault/seal.ts";

const keys = vaultKeysOf(randomBytes(32));
const person = `0x${"ab".repeat(12)}`;
const particulars = { name: { kanji: "𠮷田 鷗", kana: "ヨシダ カモメ" }, bornOn: null };

describe("particulars", () => {
  it("open with their subject's key, and not as another's or another version", async () => {
    const { dataKey, wrapped } = await newSubject(keys, person);
    const { sealed, commitment } = sealParticulars(dataKey, person, 1, particulars);
    const opened = openParticulars(await keys.unwrap(wrapped, person), person, 1, sealed);
    expect(opened.particulars).toEqual(particulars);
    expect(sealed.includes("カモメ")).toBe(false);
    expect(() => openParticulars(dataKey, person, 2, sealed)).toThrow();
    expect(() => openParticulars(dataKey, `0x${"cd".repeat(12)}`, 1, sealed)).toThrow();
    expect(() => openParticulars(randomBytes(32), person, 1, sealed)).toThrow();
    // Whoever is given the salt and the particulars makes the commitment again.
    const again = createHmac("sha256", Buffer.from(opened.salt, "hex")).update(canonicalJson(particulars));
    expect(commitment).toBe(`0x${again.digest("hex")}`);
  });

  it("have another commitment each time: what stands on chain says nothing by itself", async () => {
    const { dataKey } = await newSubject(keys, person);
    const made = [1, 2, 3].map(() => sealParticulars(dataKey, person, 1, particulars));
    expect(new Set(made.map(({ commitment }) => commitment)).size).toBe(3);
    expect(new Set(made.map(({ sealed }) => sealed.toString("hex"))).size).toBe(3);
  });

  it("are lost with their subject's key alone [APPI 22]", async () => {
    const [one, two] = [await newSubject(keys, person), await newSubject(keys, `0x${"cd".repeat(12)}`)];
    await expect(keys.unwrap(one.wrapped, `0x${"cd".repeat(12)}`)).rejects.toThrow();
    await expect(vaultKeysOf(randomBytes(32)).unwrap(two.wrapped, `0x${"cd".repeat(12)}`)).rejects.toThrow();
  });

  it("do not open when one bit was changed", () => {
    const key = randomBytes(32);
    const sealed = seal(key, Buffer.from("山田"), "x");
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => unseal(key, changed, "x")).toThrow();
    }
  });
});

describe("the master key's file", () => {
  const dir = mkdtempSync(join(tmpdir(), "genbo-vault-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  it("is read only when nobody else can read it", async () => {
    const file = join(dir, "key");
    writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
    const opened = await openVaultKeys(file);
    expect(opened.digest(["a"])).toMatch(/^[0-9a-f]{64}$/);
    chmodSync(file, 0o640);
    await expect(openVaultKeys(file)).rejects.toThrow("chmod 600");
    writeFileSync(join(dir, "short"), "abc", { mode: 0o600 });
    await expect(openVaultKeys(join(dir, "short"))).rejects.toThrow("32 random bytes");
  });
});

describe("a digest", () => {
  it("needs the key, and tells parts apart", () => {
    expect(keys.digest(["ab", "c"])).not.toBe(keys.digest(["a", "bc"]));
    expect(keys.digest(["a"])).toBe(keys.digest(["a"]));
    expect(keys.digest(["a"])).not.toBe(vaultKeysOf(randomBytes(32)).digest(["a"]));
  });
});
