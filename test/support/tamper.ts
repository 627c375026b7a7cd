import { createHash } from "node:crypto";
import type { Place } from "@genbo/register/verify";

/** What somebody did to an export, and the line that a verifier must name. */
export interface Tampered {
  what: string;
  bytes: Buffer;
  place: Place;
}

type Json = Record<string, unknown>;

/** The same numbers for the same seed: mulberry32. @returns a whole number below `below` */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const placeOf = (line: string): Place => {
  const { type, seq } = JSON.parse(line) as { type: Place["at"]; seq?: number };
  return { at: type, seq: seq ?? null };
};

/** Altered in one of these fields by who knows the format, and makes counts and sha256 of the end fit again. */
const forgeries: Record<string, (line: Json) => unknown> = {
  units: ({ units }) => String(BigInt(units as string) + 1n),
  from: () => `0x${"ab".repeat(20)}`,
  to: () => `0x${"cd".repeat(20)}`,
  basis: ({ basis }) => ((basis as number) + 1) % 21,
  // The acquisition day, in digits 52 to 56 of the word.
  data: ({ data }) => flipDigit(data as string, 2 + 55),
  ref: ({ ref }) => flipDigit(ref as string, 20),
  head: ({ head }) => flipDigit(head as string, 30),
  totalUnits: ({ totalUnits }) => String(BigInt(totalUnits as string) + 1n),
  totalHolders: ({ totalHolders }) => (totalHolders as number) + 1,
  time: ({ time }) => (time as number) + 1,
  block: ({ block }) => (block as number) - 1,
  hash: ({ hash }) => flipDigit(hash as string, 9),
  wallet: () => `0x${"ef".repeat(20)}`,
  record: ({ record }) => flipDigit(record as string, 5),
  particulars: ({ particulars }) => flipDigit(particulars as string, 40),
};

const flipDigit = (text: string, at: number): string =>
  text.slice(0, at) + (Number.parseInt(text[at]!, 16) ^ 1).toString(16) + text.slice(at + 1);

/** `count` ways to tamper with an export: single bits, single rows, single fields. */
export function tamperings(original: Buffer, count: number, random: (below: number) => number): Tampered[] {
  const lines = original.toString().trimEnd().split("\n");
  return Array.from({ length: count }, (_, n) => {
    const at = random(lines.length);
    switch (n % 5) {
      case 0:
        return flipBit(original, random(original.length), random(8));
      case 1:
        return rows(`delete line ${at + 1}`, lines.toSpliced(at, 1), placeOf(lines[at]!));
      case 2:
        return rows(`double line ${at + 1}`, lines.toSpliced(at, 0, lines[at]!), placeOf(lines[at]!));
      case 3: {
        const first = random(lines.length - 1);
        const swapped = lines.toSpliced(first, 2, lines[first + 1]!, lines[first]!);
        return rows(`swap lines ${first + 1} and ${first + 2}`, swapped, placeOf(lines[first]!));
      }
      default:
        return forge(lines, 1 + random(lines.length - 2), random);
    }
  });
}

function flipBit(original: Buffer, at: number, bit: number): Tampered {
  const bytes = Buffer.from(original);
  bytes[at]! ^= 1 << bit;
  const before = original.subarray(0, at).toString().split("\n").length;
  return {
    what: `flip bit ${bit} of byte ${at} in line ${before}`,
    bytes,
    place: placeOf(original.toString().split("\n")[before - 1]!),
  };
}

const rows = (what: string, lines: readonly string[], place: Place): Tampered => ({
  what,
  bytes: Buffer.from(`${lines.join("\n")}\n`),
  place,
});

function forge(lines: readonly string[], at: number, random: (below: number) => number): Tampered {
  const line = JSON.parse(lines[at]!) as Json;
  const fields = Object.keys(forgeries).filter((name) => name in line);
  const field = fields[random(fields.length)]!;
  const forged = lines.with(at, JSON.stringify({ ...line, [field]: forgeries[field]!(line) }));
  const end = JSON.parse(forged.at(-1)!) as Json;
  const text = forged.slice(0, -1).map((each) => `${each}\n`);
  const sha256 = createHash("sha256").update(text.join("")).digest("hex");
  const sealed = [...forged.slice(0, -1), JSON.stringify({ ...end, sha256 })];
  return rows(`forge ${field} of line ${at + 1}`, sealed, placeOf(lines[at]!));
}
