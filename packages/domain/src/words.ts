import type { Day } from "./jst.ts";

/** 32 bytes as 0x and 64 lower-case hex digits: how a word stands in events, tables and exports. */
export type Word = string;

export const zeroWord: Word = `0x${"0".repeat(64)}`;
export const zeroAddress = `0x${"0".repeat(40)}`;

/** The four legal days of an entry, which never stand for one another. 0 = not said. */
export interface EntryDates {
  tradeDate: Day;
  /** Trust Act 186(iv); 0 = the JST day of the block. */
  acquiredOn: Day;
  settlementDate: Day;
  /** The one acquisition lot that is consumed; 0 = first in, first out. */
  lotAcquiredOn: Day;
}

/** `data` of an entry that moves units. */
export interface MoveData extends EntryDates {
  /** Lots keep their acquisition dates: succession, recovery of a lost wallet. */
  keepDates: boolean;
  /** The number of the entry that a rectification corrects; 0 = none. */
  corrects: number;
}

/** `data` of HOLD_CREATED, repeated by HOLD_EXECUTED. */
export interface HoldData extends EntryDates {
  kind: number;
  /** Minutes since 1970; 0 = never expires. */
  expiryMinutes: number;
  controller: string;
}

const noDates: EntryDates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };

export function encodeMove(move: Partial<MoveData>): Word {
  const corrects = hex(move.corrects ?? 0, 8);
  return `0x${move.keepDates ? "1" : "0"}${"0".repeat(39)}${corrects}${encodeDates({ ...noDates, ...move })}`;
}

export function decodeMove(word: Word): MoveData {
  return {
    keepDates: (digits(word, 0, 1) & 1) === 1,
    corrects: digits(word, 40, 48),
    ...decodeDates(word),
  };
}

export function encodeHold(hold: HoldData): Word {
  const controller = hold.controller.slice(2).toLowerCase();
  return `0x${hex(hold.kind, 1)}${hex(hold.expiryMinutes, 7)}${controller}${encodeDates(hold)}`;
}

export function decodeHold(word: Word): HoldData {
  return {
    kind: digits(word, 0, 1),
    expiryMinutes: digits(word, 1, 8),
    controller: `0x${word.slice(10, 50)}`,
    ...decodeDates(word),
  };
}

/** `data` of HOLD_SUCCEEDED. */
export interface SuccessionData extends EntryDates {
  /** Lots keep their acquisition dates. */
  keepDates: boolean;
  /** The successor is one of several and gets a part of the hold; else the hold itself. */
  isPart: boolean;
  /** What it claims there, its units included. */
  claimed: bigint;
}

export const encodeSuccession = ({ keepDates, isPart, claimed, ...dates }: SuccessionData): Word =>
  `0x${hex(Number(keepDates) + 2 * Number(isPart), 1)}${"0".repeat(23)}${hex(claimed, 24)}${encodeDates(dates)}`;

export function decodeSuccession(word: Word): SuccessionData {
  const flags = digits(word, 0, 1);
  return {
    keepDates: (flags & 1) === 1,
    isPart: (flags & 2) === 2,
    claimed: BigInt(`0x${word.slice(26, 50)}`),
    ...decodeDates(word),
  };
}

/** `data` of a RATIO: `n` new units in the place of `d` old ones. */
export interface RatioData {
  n: bigint;
  d: bigint;
  /** `d`-ths of a unit that the floor dropped from this account or hold. */
  dropped: bigint;
}

export function decodeRatio(word: Word): RatioData {
  const field = (from: number) => BigInt(`0x${word.slice(from + 2, from + 18)}`);
  return { n: field(16), dropped: field(32), d: field(48) };
}

/** What units become by a ratio: a part of a unit falls away (端数). */
export const scaled = (units: bigint, { n, d }: Pick<RatioData, "n" | "d">): bigint => (units * n) / d;

/** An unsigned integer as the contracts take and give it. */
export const uintWord = (value: bigint | number): Word => `0x${value.toString(16).padStart(64, "0")}`;

function encodeDates(dates: EntryDates): string {
  return [dates.tradeDate, dates.acquiredOn, dates.settlementDate, dates.lotAcquiredOn]
    .map((day) => hex(day, 4))
    .join("");
}

function decodeDates(word: Word): EntryDates {
  return {
    tradeDate: digits(word, 48, 52),
    acquiredOn: digits(word, 52, 56),
    settlementDate: digits(word, 56, 60),
    lotAcquiredOn: digits(word, 60, 64),
  };
}

/** The number in hex digits `from`..`to` of a word, counted after 0x. At most 12 digits, so it is exact. */
export const digits = (word: Word, from: number, to: number): number =>
  Number.parseInt(word.slice(from + 2, to + 2), 16);

/** Fixed-width hex. @throws RangeError when the number does not fit, rather than spill into the next field. */
export function hex(value: number | bigint, width: number): string {
  const text = value.toString(16);
  if (value < 0 || text.length > width || text.includes("."))
    throw new RangeError(`${value} does not fit ${width} hex digits`);
  return text.padStart(width, "0");
}
