import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { AbiCoder, keccak256 } from "ethers";
import { expect, test } from "vitest";
import { type EntryFields, headAfterEntry, headAfterRecord } from "../src/head.ts";

const coder = AbiCoder.defaultAbiCoder();
const word = (digit: string) => `0x${digit.repeat(64)}`;
const account = (digit: string) => `0x${digit.repeat(40)}`;
const plain: EntryFields = {
  seq: 7,
  kind: 3,
  basis: 2,
  units: 5n,
  from: account("a"),
  to: account("c"),
  ref: word("d"),
  data: word("e"),
};

test.each<Partial<EntryFields> & { head: string; ends: string }>([
  { seq: 1, units: 0n, from: zeroAddress, head: zeroWord, ends: "00000001" },
  { seq: 2 ** 32 - 1, units: 2n ** 63n - 1n, head: word("b"), ends: "ffffffff" },
  {
    seq: 7,
    kind: 255,
    basis: 65_535,
    units: 2n ** 96n - 1n,
    from: account("f"),
    head: word("f"),
    ends: "00000007",
  },
])("the head of entry $seq is what the contract computes", ({ head, ends, ...fields }) => {
  const entry = { ...plain, ...fields };
  const fromUnits = (BigInt(entry.from) << 96n) | entry.units;
  const toLine = (BigInt(entry.to) << 96n) | BigInt((entry.basis << 8) | entry.kind);
  const types = ["bytes32", "uint256", "uint256", "bytes32", "bytes32"];
  const hash = keccak256(coder.encode(types, [head, fromUnits, toLine, entry.ref, entry.data]));
  expect(headAfterEntry(head, entry)).toBe(`${hash.slice(0, -8)}${ends}`);
});

test("no number passes for its neighbour's bits", () => {
  for (const fields of [{ kind: 256 }, { basis: 65_536 }, { units: 2n ** 96n }])
    expect(
      () => headAfterEntry(zeroWord, { ...plain, ...fields }),
      JSON.stringify(Object.keys(fields)),
    ).toThrow(RangeError);
});

test("the head of a registry record is what the contract computes", () => {
  const line = { seq: 9, wallet: account("1"), record: word("2"), particulars: word("3") };
  const types = ["bytes32", "address", "bytes32", "bytes32"];
  const hash = keccak256(coder.encode(types, [word("4"), line.wallet, line.record, line.particulars]));
  expect(headAfterRecord(word("4"), line)).toBe(`${hash.slice(0, -8)}00000009`);
});
