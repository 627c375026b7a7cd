import { Transaction, Wallet } from "ethers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, hexOf } from "../src/hex.ts";
import { signTransaction } from "../src/sign.ts";
import { localSigner } from "../src/signer.ts";

const secretKey = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => bytes.some((byte) => byte > 0) && (bytes[0] as number) < 255);
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hexOf);
const request = fc.record({
  chainId: fc.oneof(fc.constant(1), fc.constant(31_337), fc.integer({ min: 1, max: 2 ** 31 })),
  nonce: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 40 })),
  gasLimit: fc.integer({ min: 21_000, max: 16_777_216 }),
  to: fc.option(address),
  data: fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: 200, maxLength: 70_000 })),
});

test("raw bytes and hash are those of ethers, byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(secretKey, request, async (key, { data, ...rest }) => {
      const { raw, hash } = await signTransaction(localSigner(key), { ...rest, data });
      const wallet = new Wallet(hexOf(key));
      const theirs = Transaction.from({ ...rest, type: 0, gasPrice: 0n, value: 0n, data: hexOf(data) });
      theirs.signature = wallet.signingKey.sign(theirs.unsignedHash);
      expect(hexOf(raw)).toBe(theirs.serialized);
      expect(hash).toBe(theirs.hash);
    }),
    { numRuns: 200 },
  );
});

test("a signature whose r has a leading zero is encoded without it", async () => {
  const signer = localSigner(bytesOf(`0x${"01".repeat(32)}`));
  for (let nonce = 0; nonce < 400; nonce += 1) {
    const { raw, hash } = await signTransaction(signer, {
      chainId: 1,
      nonce,
      gasLimit: 21_000,
      to: null,
      data: Buffer.alloc(0),
    });
    const parsed = Transaction.from(hexOf(raw));
    expect(parsed.hash).toBe(hash);
    expect(parsed.from?.toLowerCase()).toBe(signer.address);
  }
});

test("the address of a key is that of ethers", () => {
  fc.assert(
    fc.property(secretKey, (key) => {
      expect(localSigner(key).address).toBe(new Wallet(hexOf(key)).address.toLowerCase());
    }),
    { numRuns: 30 },
  );
});
