import { AbiCoder, getBytes, zeroPadValue } from "ethers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePolicy, encodePolicy } from "../src/policy-word.ts";
import { decodeRecord, encodeRecord } from "../src/registry-record.ts";
import { decodeHold, decodeMove, encodeHold, encodeMove, hex, uintWord } from "../src/words.ts";

const day = fc.integer({ min: 0, max: 0xffff });
const dates = { tradeDate: day, acquiredOn: day, settlementDate: day, lotAcquiredOn: day };
const hexOf = (digits: number) =>
  fc
    .bigInt({ min: 0n, max: 16n ** BigInt(digits) - 1n })
    .map((value) => `0x${value.toString(16).padStart(digits, "0")}`);

describe("words", () => {
  test("a move says dates and flag where the contracts read them", () => {
    const word = encodeMove({
      tradeDate: 1,
      acquiredOn: 2,
      settlementDate: 3,
      lotAcquiredOn: 4,
      keepDates: true,
    });
    expect(BigInt(word)).toBe((1n << 252n) | (1n << 48n) | (2n << 32n) | (3n << 16n) | 4n);
  });

  test("a hold puts kind, expiry and controller above the dates", () => {
    const controller = `0x${"ab".repeat(20)}`;
    const word = encodeHold({
      kind: 3,
      expiryMinutes: 0x1234567,
      controller,
      tradeDate: 1,
      acquiredOn: 2,
      settlementDate: 3,
      lotAcquiredOn: 4,
    });
    expect(word).toBe(`0x3${"1234567"}${"ab".repeat(20)}${"0001000200030004"}`);
  });

  test("a policy lies as the contract's Policy library reads it", () => {
    const word = BigInt(
      encodePolicy({
        approvalRequired: true,
        classMask: 9,
        lot: 10n,
        lockUpUntil: 5,
        maxUnitsPerPerson: 7n,
        maxHolders: 3,
      }),
    );
    expect(word).toBe((4n << 248n) | (9n << 232n) | (10n << 200n) | (5n << 160n) | (7n << 64n) | (3n << 32n));
  });

  test("a record lies as the contract's Record library reads it", () => {
    const record = {
      personId: `0x${"c".repeat(24)}`,
      classBits: 8,
      flags: 1,
      validUntil: 1_700_000_000,
      country: 392,
      custodian: 2,
    };
    const abi = AbiCoder.defaultAbiCoder().encode(["uint256"], [BigInt(encodeRecord(record))]);
    const value = BigInt(abi);
    expect(value >> 160n).toBe(BigInt(record.personId));
    expect([(value >> 144n) & 0xffffn, (value >> 136n) & 0xffn, (value >> 96n) & 0xffffffffffn]).toEqual([
      8n,
      1n,
      1_700_000_000n,
    ]);
    expect([(value >> 80n) & 0xffffn, (value >> 48n) & 0xffffffffn]).toEqual([392n, 2n]);
  });

  test("every word comes back as it went", () => {
    const move = fc.record({
      ...dates,
      keepDates: fc.boolean(),
      corrects: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(move, (each) => {
        expect(decodeMove(encodeMove(each))).toEqual(each);
      }),
    );
    const hold = fc.record({
      ...dates,
      kind: fc.integer({ min: 1, max: 6 }),
      expiryMinutes: fc.integer({ min: 0, max: 2 ** 28 - 1 }),
      controller: hexOf(40),
    });
    fc.assert(
      fc.property(hold, (each) => {
        expect(decodeHold(encodeHold(each))).toEqual(each);
      }),
    );
    const policy = fc.record({
      paused: fc.boolean(),
      acceptanceRequired: fc.boolean(),
      approvalRequired: fc.boolean(),
      wholeHoldingOnly: fc.boolean(),
      transfersForbidden: fc.boolean(),
      unitsPerPersonTracked: fc.boolean(),
      ratioInProgress: fc.boolean(),
      classMask: day,
      lot: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
      lockUpUntil: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
      maxUnitsPerPerson: fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }),
      maxHolders: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(policy, (each) => {
        expect(decodePolicy(encodePolicy(each))).toEqual(each);
      }),
    );
    const record = fc.record({
      personId: hexOf(24),
      classBits: day,
      flags: fc.integer({ min: 0, max: 255 }),
      validUntil: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
      country: fc.integer({ min: 1, max: 999 }),
      custodian: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(record, (each) => {
        expect(decodeRecord(encodeRecord(each))).toEqual(each);
      }),
    );
    fc.assert(
      fc.property(hexOf(64), (word) => {
        expect(uintWord(BigInt(word))).toBe(word);
      }),
    );
  });

  test.each([
    [-1, 4],
    [65_536, 4],
    [1.5, 4],
  ])("%d does not spill out of %d digits", (value, width) => {
    expect(() => hex(value, width)).toThrow(RangeError);
  });

  test("a word is 32 bytes", () => {
    expect(getBytes(zeroPadValue(encodeMove({}), 32))).toHaveLength(32);
  });
});
