import fc from "fast-check";
import { expect, test } from "vitest";
import { contractInterface } from "../src/abi.ts";
import {
  type BatchCall,
  batchCalls,
  batchOverheadBytes,
  type CallRow,
  checkRow,
  encodeBatch,
  rowBytes,
} from "../src/calls.ts";
import { hexOf } from "../src/hex.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(hexOf);
const row = fc.record({
  from: bytes(20),
  to: bytes(20),
  account: bytes(20),
  controller: bytes(20),
  kind: fc.integer({ min: 0, max: 255 }),
  units: fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }),
  expiryMinutes: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  wallet: bytes(20),
  record: bytes(32),
  particulars: bytes(32),
  ref: bytes(32),
  data: bytes(32),
  behind: bytes(32),
});

/** The fields of a row in the order in which the ABI of the contract has them. */
const abiRow: Record<BatchCall, (row: CallRow) => unknown> = {
  issue: ({ to, units, ref, data }) => [to, units, ref, data],
  redeem: ({ from, units, ref, data }) => [from, units, ref, data],
  custodiedTransfer: ({ from, to, units, ref, data }) => [from, to, units, ref, data],
  requestTransfers: ({ from, to, units, expiryMinutes, ref, data }) => [
    from,
    to,
    units,
    expiryMinutes,
    ref,
    data,
  ],
  createDvpHolds: ({ account, to, controller, units, kind, expiryMinutes, ref, data, behind }) => [
    account,
    to,
    controller,
    units,
    kind,
    expiryMinutes,
    ref,
    data,
    behind,
  ],
  acceptTransfers: ({ ref }) => ref,
  approveTransfers: ({ ref }) => ref,
  rejectTransfers: ({ ref }) => ref,
  cancelTransfers: ({ ref }) => ref,
  setRecords: ({ wallet, record, particulars }) => [wallet, record, particulars],
};

test.each(batchCalls)("%s: calldata is that of ethers and our ABI, byte for byte", (call) => {
  const contract = contractInterface(call === "setRecords" ? "HolderRegistry" : "SecurityToken");
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.boolean(), (rows, atomic) => {
      const ours = encodeBatch(call, rows, atomic);
      expect(hexOf(ours)).toBe(contract.encodeFunctionData(call, [rows.map(abiRow[call]), atomic]));
      expect(ours.length).toBe(batchOverheadBytes + rows.length * rowBytes(call));
    }),
    { numRuns: 50 },
  );
});

test("a row that lacks a field, or whose value does not fit, is named", () => {
  const whole = {
    to: `0x${"11".repeat(20)}`,
    units: 1n,
    ref: `0x${"22".repeat(32)}`,
    data: `0x${"00".repeat(32)}`,
  };
  expect(() => checkRow("issue", whole)).not.toThrow();
  expect(() => checkRow("issue", { ...whole, units: 2n ** 96n })).toThrow("units is no uint96");
  expect(() => checkRow("issue", { ...whole, units: -1n })).toThrow("units is no uint96");
  expect(() => checkRow("issue", { ...whole, to: "0x12" })).toThrow("to is no address");
  expect(() => checkRow("issue", { ...whole, ref: "0xzz" })).toThrow("ref is no bytes32");
  expect(() => checkRow("redeem", whole)).toThrow("from is no address");
});
