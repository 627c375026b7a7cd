import { keccak_256 } from "@noble/hashes/sha3.js";
import { hexOf } from "./hex.ts";

export const keccak = (bytes: Uint8Array): Uint8Array => keccak_256(bytes);

export const keccakHex = (bytes: Uint8Array): string => hexOf(keccak_256(bytes));

/** The first four bytes of the hash of `issue((address,…)[],bool)`: a function's or error's selector, 8 hex digits. */
export const selectorOf = (signature: string): string => keccakHex(Buffer.from(signature)).slice(2, 10);

/** The hash of `Entry(uint64,…)`: the first topic of an event's logs. */
export const topicOf = (signature: string): string => keccakHex(Buffer.from(signature));
