import type { Word } from "@genbo/domain/words";
import { keccakOf } from "./keccak.ts";

/** The fields of an entry that its head covers, in the order of the token's `Entry` event. */
export interface EntryFields {
  /** From 1, without a gap. */
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

/** keccak256(abi.encode(head, seq, kind, basis, units, from, to, ref, data)): the token's head after an entry. */
export function headAfterEntry(head: Word, entry: EntryFields): Word {
  const words = encoder(9);
  words.hex(0, head);
  words.number(1, entry.seq);
  words.number(2, entry.kind);
  words.number(3, entry.basis);
  words.units(4, entry.units);
  words.hex(5, entry.from);
  words.hex(6, entry.to);
  words.hex(7, entry.ref);
  words.hex(8, entry.data);
  return words.keccak();
}

/** keccak256(abi.encode(head, seq, wallet, record, particulars)): the registry's head after a record. */
export function headAfterRecord(head: Word, line: RegistryFields): Word {
  const words = encoder(5);
  words.hex(0, head);
  words.number(1, line.seq);
  words.hex(2, line.wallet);
  words.hex(3, line.record);
  words.hex(4, line.particulars);
  return words.keccak();
}

/** Writes ABI words, each right-aligned in 32 bytes. */
function encoder(words: number) {
  const bytes = Buffer.alloc(words * 32);
  return {
    hex: (at: number, text: string) =>
      bytes.write(text.slice(2), (at + 1) * 32 - (text.length - 2) / 2, "hex"),
    number: (at: number, value: number) => bytes.writeUIntBE(value, at * 32 + 26, 6),
    units: (at: number, value: bigint) => {
      bytes.writeBigUInt64BE(BigInt.asUintN(64, value), at * 32 + 24);
      bytes.writeBigUInt64BE(value >> 64n, at * 32 + 16);
    },
    keccak: (): Word => keccakOf(bytes),
  };
}
