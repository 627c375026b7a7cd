import { type IdPrefix, isId } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { maxUnits, parseUnits } from "@genbo/domain/units";
import { z } from "zod";
import { clauseCharsMax, lineCharsMax } from "./limits.ts";

/**
 * PostgreSQL text cannot hold NUL, UTF-8 cannot hold half a surrogate pair, XML no U+FFFE, and a name has no control
 * characters (Cc), nor those that turn the direction of what follows: a register would show other words than it holds.
 */
const control = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;
/** Tab and line breaks may stand in a clause. */
const controlInClause = /(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

/**
 * Nothing to read. Variation selectors and joiners may stand in a name beside its letters, and private characters (外字)
 * are letters; the blank of Braille is none.
 */
const blank = /^[\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800]+$/u;

const printable = (forbidden: RegExp, charsMax: number) =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .refine((text) => text.isWellFormed() && !forbidden.test(text), "has characters that no text may hold")
    .refine((text) => text.trim() === text, "begins or ends with a space")
    .refine((text) => !blank.test(text.trim()), "has nothing that can be read");

/** One line: a name, an address, a reference. */
export const line = (charsMax: number = lineCharsMax) => printable(control, charsMax);
/** A broker's number of a customer, in the one form in which it is kept and compared: composed, with nothing invisible. */
export const customerNumber = line(64).transform((text) =>
  text
    .normalize("NFC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .trim(),
);
/** Several lines: a clause, a reason. */
export const clause = (charsMax: number = clauseCharsMax) => printable(controlInClause, charsMax);

const decimal = /^(0|[1-9][0-9]{0,18})$/;

/** A decimal string that is a bigint inside: `from` ..= 2^63-1. */
const whole = (from: bigint, description: string) =>
  z
    .string()
    .regex(decimal, 'is not a decimal string such as "1453"')
    .describe(description)
    .transform((text) => parseUnits(text) ?? -1n)
    .refine((value) => value >= from, `is not between ${from} and ${maxUnits}`);

export const units = whole(1n, "Units, a decimal string");
export const unitsOrNone = whole(0n, "Units, a decimal string");
export const yen = whole(1n, "Whole yen, a decimal string");

/** Amounts of an answer: already decimal strings. */
export const unitsText = z.string().regex(decimal).describe("Units, a decimal string");
export const yenText = z.string().regex(decimal).describe("Whole yen, a decimal string");

/** `iss_…`: an id of one kind. Anything else cannot exist, so a route answers it like an unknown one. */
export const id = (prefix: IdPrefix) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `is not an id such as ${prefix}_018e…`)
    .refine((text) => isId(prefix, text));

/** An account's address: 0x and 40 hex digits, in lower case inside. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "is not an address of 0x and 40 hex digits")
  .describe("Account: 0x and 40 hex digits")
  .transform((text) => text.toLowerCase());

export const addressText = z.string().regex(/^0x[0-9a-f]{40}$/);
export const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .describe("32 bytes: 0x and 64 hex digits");
/** What a document is known by; a node's words have 0x before them. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 of 64 hex digits");
export const personId = z
  .string()
  .regex(/^0x[0-9a-f]{24}$/, "is not a person id of 0x and 24 hex digits")
  .describe("Random id of a person: 0x and 24 hex digits");

/** A day in Japan, `2021-10-07`, from 1970-01-02 until 2149-06-06: what 16 bits of a data word can name. */
export const lastDay = 65_535;
export const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "is not a date such as 2021-10-07")
  .describe("A day in Japan, YYYY-MM-DD")
  .refine((text) => {
    const found = dayOfIso(text);
    return found !== undefined && found > 0 && found <= lastDay;
  }, "is not a day between 1970-01-02 and 2149-06-06");
/** A day of birth or establishment may lie before 1970; there is no year 0, and no register lasts beyond its last day. */
export const pastDay = z.iso
  .date()
  .describe("YYYY-MM-DD")
  .refine((text) => text >= "0001" && text < "2149-06-07", "is not a day between 0001-01-01 and 2149-06-06");

/** 9999-12-31 is said of what has no end, and has to pass to its last moment; a year of five digits is written otherwise. */
const lastInstant = Date.UTC(10_000, 0, 1) - 1;
export const instant = z.iso
  .datetime({ offset: true, error: "is not an instant such as 2021-10-07T06:00:00Z" })
  .describe("Instant, ISO 8601 with an offset or Z")
  .transform((text) => new Date(text))
  .refine((time) => time.getTime() >= 0 && time.getTime() <= lastInstant, "is not between 1970 and 9999");
export const instantText = z.iso.datetime().describe("Instant in UTC, ISO 8601");

/** Numbers of a query string. */
export const countText = (max: number, min = 0) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "is not a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}`)
    // In a URL it is text; to a client it is a number.
    .meta({ type: "integer", minimum: min, maximum: max, pattern: undefined });
/** A block number or an entry's seq. */
export const heightText = countText(Number.MAX_SAFE_INTEGER);
export const height = z.int().min(0);

/** Only the trustee may say so, and only of co-owners does it mean anything. */
export const trusteeAgrees = z
  .literal(true)
  .optional()
  .describe(
    "Of co-owners who named nobody: the trustee agrees that they exercise this right all the same " +
      "(Trust Act 193 proviso; Companies Act 686 proviso)",
  );
