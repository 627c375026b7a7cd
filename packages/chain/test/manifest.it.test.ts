import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refOf } from "@genbo/domain/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startTestChain,
  type TestChain,
  testAdmin,
  testSigner,
} from "../../../test/support/deployed-chain.ts";
import { contractArtifact } from "../src/abi.ts";
import { deploymentPlan, grantRole, issuerRole, roles, tokenAddress } from "../src/deployment.ts";
import { bytesOf } from "../src/hex.ts";
import { checkDeployment, Incomplete, type Manifest, readManifest } from "../src/manifest.ts";
import { keepManifest } from "../src/manifest-file.ts";

const registrar = testSigner(2);
const ref = refOf("issue");
let chain: TestChain;
let manifest: Manifest;
let token: string;
const dir = mkdtempSync(join(tmpdir(), "genbo-manifest-"));

beforeAll(async () => {
  chain = await startTestChain();
  const { to, data } = grantRole(chain.addresses, roles.registrar, registrar.address);
  await chain.send(testAdmin, { to, data: bytesOf(data), gasLimit: 1_000_000 });
  const terms = { name: "Issue", symbol: "ST", cap: "10", policy: "0", termsHash: ref };
  const args = { ...terms, issuerRole: String(issuerRole(0n)) };
  await chain.run(registrar, [{ call: "createIssue", target: null, ref, args }]);
  token = tokenAddress(chain.addresses, ref).toLowerCase();
  manifest = await readManifest(chain.rpc, testAdmin.address);
});
afterAll(async () => {
  await chain?.stop();
  rmSync(dir, { recursive: true });
});

const codeAt = (address: string) => chain.rpc.call<string>("eth_getCode", address, "latest");

/** Puts other code at an address, looks what is found, and puts the first back. */
async function withCode(address: string, change: (code: string) => string) {
  const code = await codeAt(address);
  await chain.rpc.call("anvil_setCode", address, change(code));
  const { differences } = await checkDeployment(chain.rpc, manifest);
  await chain.rpc.call("anvil_setCode", address, code);
  return differences;
}

/** The code with one byte turned. */
const turned = (at: number) => (code: string) => {
  const bytes = bytesOf(code);
  bytes[at]! ^= 0xff;
  return `0x${bytes.toString("hex")}`;
};
const place = ({ contract, offset, immutable }: Awaited<ReturnType<typeof withCode>>[number]) => [
  contract,
  offset,
  immutable,
];

describe("verify", () => {
  test("our own deployment is equal, a token and every immutable included", async () => {
    expect(await checkDeployment(chain.rpc, manifest)).toEqual({
      contracts: Object.keys(chain.addresses).length,
      tokens: 1,
      differences: [],
    });
  });

  test("one other byte of any contract is named by contract and offset", async () => {
    for (const [name, { address }] of Object.entries(manifest.contracts)) {
      const offset = 3;
      const found = await withCode(address, turned(offset));
      expect([name, found.map(({ address, offset }) => [address.toLowerCase(), offset])]).toEqual([
        name,
        [[address, offset]],
      ]);
    }
  });

  test("one other byte of an issue's token is named by its issue", async () => {
    const found = await withCode(token, turned(20));
    expect(found.map(place)).toEqual([[`token of ${ref}`, 20, null]]);
  });

  test("an immutable that points elsewhere is named", async () => {
    const { start, length } = contractArtifact("TokenFactory").immutables[0]!;
    const found = await withCode(manifest.contracts.tokenFactory.address, turned(start + length - 1));
    expect(found.map(place)).toEqual([["TokenFactory", start, "implementation"]]);
    const acts = contractArtifact("LegalActs").immutables.find(({ name }) => name === "_cachedThis")!;
    const other = await withCode(manifest.contracts.legalActs.address, turned(acts.start + 31));
    expect(other.map(place)).toEqual([["LegalActs", acts.start, "_cachedThis"]]);
  });

  test("code that is longer, shorter or gone is named", async () => {
    const { address } = manifest.contracts.settlement;
    const size = bytesOf(await codeAt(address)).length;
    expect((await withCode(address, (code) => `${code}00`)).map(place)).toEqual([["Settlement", size, null]]);
    expect((await withCode(address, (code) => code.slice(0, -2))).map(place)).toEqual([
      ["Settlement", size - 1, null],
    ]);
    expect((await withCode(address, () => "0x")).map(({ found }) => found)).toEqual(["no code"]);
  });

  test("another manager over a contract is named", async () => {
    const { address } = manifest.contracts.holderRegistry;
    const slot = await chain.rpc.call<string>("eth_getStorageAt", address, "0x0", "latest");
    const other = `0x${slot.slice(2, 26)}${"ee".repeat(20)}`;
    await chain.rpc.call("anvil_setStorageAt", address, `0x${"0".repeat(64)}`, other);
    const { differences } = await checkDeployment(chain.rpc, manifest);
    await chain.rpc.call("anvil_setStorageAt", address, `0x${"0".repeat(64)}`, slot);
    expect(differences.map(place)).toEqual([["authority of HolderRegistry", null, null]]);
  });
});

describe("the manifest", () => {
  test("is the same whenever it is made, and is written once", async () => {
    const again = await readManifest(chain.rpc, testAdmin.address);
    expect(again).toEqual(manifest);
    const path = join(dir, "deployments", "local.json");
    expect([keepManifest(path, manifest), keepManifest(path, again)]).toEqual([true, false]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(manifest);
  });

  test("says where a deployment was cut off, and finds one that did not begin at nonce 0", async () => {
    const admin = testSigner(3);
    const { transactions } = deploymentPlan(admin.address, 1);
    const send = (from: number, to: number) =>
      transactions.slice(from, to).reduce(async (before, { to: target, data }) => {
        await before;
        await chain.send(admin, { to: target, data: bytesOf(data), gasLimit: 12_000_000 });
      }, Promise.resolve());
    await chain.send(admin, { to: admin.address, data: Buffer.alloc(0), gasLimit: 21_000 });
    await expect(readManifest(chain.rpc, admin.address)).rejects.toThrow(Incomplete);
    await send(0, 3);
    await expect(readManifest(chain.rpc, admin.address)).rejects.toThrow(/^3 of \d+ contracts/);
    await send(3, transactions.length);
    const made = await readManifest(chain.rpc, admin.address);
    expect(made.firstNonce).toBe(1);
    expect((await checkDeployment(chain.rpc, made)).differences).toEqual([]);
  });
});
