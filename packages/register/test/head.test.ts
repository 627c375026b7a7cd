import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { AbiCoder, keccak256 } from "ethers";
import { expect, test } from "vitest";
import { headAfterEntry, headAfterRecord } from "../src/head.ts";

const coder = AbiCoder.defaultAbiCoder();
const word = (digit: string) => `0x${digit.repeat(64)}`;
const account = (digit: string) => `0x${digit.repeat(40)}`;

test.each([
  { seq: 1, units: 0n, from: zeroAddress, head: zeroWord },
  { seq: 2 ** 32 - 1, units: 2n ** 63n - 1n, from: account("a"), head: word("b") },
  { seq: 7, units: 2n ** 96n - 1n, from: account("f"), head: word("f") },
])("the head of entry $seq is what the contract computes", ({ seq, units, from, head }) => {
  const entry = { seq, kind: 3, basis: 2, units, from, to: account("c"), ref: word("d"), data: word("e") };
  const types = [
    "bytes32",
    "uint64",
    "uint8",
    "uint16",
    "uint96",
    "address",
    "address",
    "bytes32",
    "bytes32",
  ];
  const abi = coder.encode(types, [head, seq, 3, 2, units, from, entry.to, entry.ref, entry.data]);
  expect(headAfterEntry(head, entry)).toBe(keccak256(abi));
});

test("the head of a registry record is what the contract computes", () => {
  const line = { seq: 9, wallet: account("1"), record: word("2"), particulars: word("3") };
  const types = ["bytes32", "uint64", "address", "bytes32", "bytes32"];
  const abi = coder.encode(types, [word("4"), 9, line.wallet, line.record, line.particulars]);
  expect(headAfterRecord(word("4"), line)).toBe(keccak256(abi));
});
