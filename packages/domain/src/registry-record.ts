import { digits, hex, type Word } from "./words.ts";

/** What the HolderRegistry says of a wallet: one word, no personal data. */
export interface RegistryRecord {
  /** 0x and 24 hex digits; random, from `newPersonId`. */
  personId: string;
  classBits: number;
  /** Bits of `recordFlags`. */
  flags: number;
  /** Unix seconds until which the identity check holds. */
  validUntil: number;
  /** ISO 3166 numeric. */
  country: number;
  /** The broker that keeps the account. */
  custodian: number;
}

export function encodeRecord(record: RegistryRecord): Word {
  const fields = [
    hex(BigInt(record.personId), 24),
    hex(record.classBits, 4),
    hex(record.flags, 2),
    hex(record.validUntil, 10),
    hex(record.country, 4),
    hex(record.custodian, 8),
  ];
  return `0x${fields.join("")}${"0".repeat(12)}`;
}

export function decodeRecord(word: Word): RegistryRecord {
  return {
    personId: `0x${word.slice(2, 26)}`,
    classBits: digits(word, 24, 28),
    flags: digits(word, 28, 30),
    validUntil: digits(word, 30, 40),
    country: digits(word, 40, 44),
    custodian: digits(word, 44, 52),
  };
}
