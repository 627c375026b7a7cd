import { createNodeKey, enodeUrl, identityOf, nodeKeyOf, parseEnode } from "@genbo/chain/network/identity";
import { describe, expect, test } from "vitest";

// Quorum genesis tool, tests/lib/testConstants.ts: one node's private key, public key and address.
// https://github.com/Consensys/quorum-genesis-tool
const documented = {
  secretKey: "865ea77fe933ba01ad4ff60b7c9187ff34be5327350c5045153e5cfa85302013",
  publicKey:
    "beed1b5bc414a2cc13d04d6017f9ebeec9818ba1b8c97be5776328490c69c5f0a07edc20589fa373c99aeb199d685ea177b93a4c8eb57f91304883b3d9c449ff",
  address: "0x3db22f82cab50038f33e33cb35a86c92f5bc18f4",
};

describe("node identity", () => {
  test("public key and address follow from the secret key", () => {
    expect(nodeKeyOf(documented.secretKey)).toEqual(documented);
    expect(identityOf(documented.publicKey).address).toBe(documented.address);
  });

  test.each(["besu", "goquorum"] as const)("%s: every new key is another", (client) => {
    const keys = Array.from({ length: 20 }, () => createNodeKey(client));
    expect(new Set(keys.map((key) => key.address)).size).toBe(20);
    for (const key of keys) expect(nodeKeyOf(key.secretKey)).toEqual(key);
  });

  test("an enode URL is read back", () => {
    const node = {
      publicKey: documented.publicKey,
      address: documented.address,
      host: "10.1.2.3",
      port: 30_303,
    };
    expect(enodeUrl(node)).toBe(`enode://${documented.publicKey}@10.1.2.3:30303?discport=0`);
    expect(parseEnode(enodeUrl(node))).toEqual(node);
    expect(parseEnode(` enode://${documented.publicKey.toUpperCase()}@10.1.2.3:30303 `)).toEqual(node);
  });

  test.each([
    ["a web page", "https://example.jp"],
    ["a short key", `enode://${documented.publicKey.slice(2)}@10.1.2.3:30303`],
    ["no port", `enode://${documented.publicKey}@10.1.2.3`],
    ["port 0", `enode://${documented.publicKey}@10.1.2.3:0`],
    ["port 65536", `enode://${documented.publicKey}@10.1.2.3:65536`],
    ["no point of the curve", `enode://${"11".repeat(64)}@10.1.2.3:30303`],
  ])("%s is refused", (_, url) => {
    expect(() => parseEnode(url)).toThrow(/enode|secp256k1/);
  });
});
