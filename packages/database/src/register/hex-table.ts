import { randomInt } from "node:crypto";
import { grown } from "./grown.ts";

/**
 * Words of one width (0x and lower-case hex digits), numbered from 0 in the order in which they came. They take their
 * bytes and some eight more, in arrays that the garbage collector does not walk: a tenth of a Map of strings.
 */
export interface HexTable {
  /** @returns the word's number, -1 where it has none. @throws TypeError for anything but such a word */
  find(word: string): number;
  /** @returns the word's number, a new one where it has none */
  add(word: string): number;
  at(number: number): string;
  size(): number;
}

const notHex = 16;
const values = new Uint8Array(128).fill(notHex);
for (let value = 0; value < 16; value += 1) values[value.toString(16).charCodeAt(0)] = value;

/** @param width of a word in bytes, a multiple of four */
export function createHexTable(width: number): HexTable {
  const parts = width / 4;
  /** The word that is looked for. */
  const sought = new Uint32Array(parts);
  const soughtBytes = new Uint8Array(sought.buffer);
  // Whoever chooses their own address cannot choose where it falls.
  const seed = randomInt(2 ** 32);
  let words = new Uint32Array(16 * parts);
  let bytes = Buffer.from(words.buffer);
  /** Numbers plus one by hash, 0 where free: the next free slot takes what collides. */
  let slots = new Int32Array(32);
  let size = 0;

  const seek = (word: string): void => {
    let all = word.length === 2 + 2 * width ? 0 : notHex;
    for (let n = 0; n < width; n += 1) {
      const high = values[word.charCodeAt(2 + 2 * n)] ?? notHex;
      const low = values[word.charCodeAt(3 + 2 * n)] ?? notHex;
      all |= high | low;
      soughtBytes[n] = (high << 4) | low;
    }
    if (all >= notHex) throw new TypeError(`"${word}" is not a word of ${width} bytes.`);
  };
  const hashOf = (from: Uint32Array, start: number): number => {
    let hash = seed;
    for (let n = start; n < start + parts; n += 1) {
      hash = Math.imul(hash ^ from[n]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  };
  const isSought = (number: number): boolean => {
    for (let n = 0; n < parts; n += 1) if (words[number * parts + n] !== sought[n]) return false;
    return true;
  };
  /** The slot of the word that is looked for or, where it is new, the free one that it would have. */
  const slotOf = (word: string): number => {
    seek(word);
    let slot = hashOf(sought, 0) & (slots.length - 1);
    while (slots[slot] !== 0 && !isSought(slots[slot]! - 1)) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const widen = (): void => {
    slots = new Int32Array(slots.length * 2);
    for (let number = 0; number < size; number += 1) {
      let slot = hashOf(words, number * parts) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number + 1;
    }
  };

  return {
    find: (word) => slots[slotOf(word)]! - 1,
    add: (word) => {
      const slot = slotOf(word);
      if (slots[slot] !== 0) return slots[slot]! - 1;
      words = grown(Uint32Array, words, (size + 1) * parts);
      if (bytes.buffer !== words.buffer) bytes = Buffer.from(words.buffer);
      words.set(sought, size * parts);
      size += 1;
      slots[slot] = size;
      if (size * 4 > slots.length * 3) widen();
      return size - 1;
    },
    at: (number) => `0x${bytes.toString("hex", number * width, (number + 1) * width)}`,
    size: () => size,
  };
}
