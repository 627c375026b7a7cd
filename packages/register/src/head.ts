import type { Word } from "@genbo/domain/words";
import { keccakOf } from "./keccak.ts";

/** The fields of an entry that its head covers. */
export interface EntryFields {
  /** From 1, without a gap; below 2^32. */
  seq: number;
  kind: number;
  basis: number;
  units: bigint;
  /** 0x and 40 hex digits; `zeroAddress` when there is none. */
  from: string;
  to: string;
  ref: Word;
  data: Word;
}

/** One line of the HolderRegistry. */
export interface RegistryFields {
  seq: number;
  wallet: string;
  record: Word;
  particulars: Word;
}

/**
 * keccak256(head | from 160 bits, units 96 | to 160, zero 72, basis 16, kind 8 | ref | data), its last 32 bits replaced by
 * seq: the token's head after an entry.
 * @throws RangeError when a number does not fit its place, where it would pass for another's
 */
export function headAfterEntry(head: Word, entry: EntryFields): Word {
  const bytes = entryBytes.fill(0);
  writeHex(bytes, 0, head);
  writeHex(bytes, 32, entry.from);
  bytes.writeUInt32BE(Number(entry.units >> 64n), 52);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, entry.units), 56);
  writeHex(bytes, 64, entry.to);
  bytes.writeUInt16BE(entry.basis, 93);
  bytes.writeUInt8(entry.kind, 95);
  writeHex(bytes, 96, entry.ref);
  writeHex(bytes, 128, entry.data);
  return numbered(bytes, entry.seq);
}

/** keccak256(head | wallet | record | particulars), its last 32 bits replaced by seq: the registry's head after a record. */
export function headAfterRecord(head: Word, line: RegistryFields): Word {
  const bytes = Buffer.alloc(4 * 32);
  writeHex(bytes, 0, head);
  writeHex(bytes, 44, line.wallet);
  writeHex(bytes, 64, line.record);
  writeHex(bytes, 96, line.particulars);
  return numbered(bytes, line.seq);
}

/** One for all entries: nothing waits between writing and hashing it. */
const entryBytes = Buffer.alloc(5 * 32);

const writeHex = (bytes: Buffer, at: number, text: string) => bytes.write(text.slice(2), at, "hex");

const numbered = (bytes: Buffer, seq: number): Word =>
  `${keccakOf(bytes).slice(0, 58)}${seq.toString(16).padStart(8, "0")}` as Word;
