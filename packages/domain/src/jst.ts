/** A calendar day in Japan, counted from 1970-01-01 (day 0). Legal days are JST days; Japan has no summer time. */
export type Day = number;

const dayMs = 86_400_000;
const jstOffsetMs = 9 * 3_600_000;

/** The JST day in which an instant falls. */
export const jstDay = (instant: Date): Day => Math.floor((instant.getTime() + jstOffsetMs) / dayMs);

/** The JST day in which a block time (Unix seconds) falls. */
export const jstDayOfSeconds = (seconds: number): Day => Math.floor((seconds + jstOffsetMs / 1000) / 86_400);

/** 00:00 JST of `day`. */
export const startOfDay = (day: Day): Date => new Date(day * dayMs - jstOffsetMs);

/** 24:00 JST of `day`, which is 00:00 of the next: what stands "on" a day stood strictly before this instant. */
export const endOfDay = (day: Day): Date => startOfDay(day + 1);

/** An instant as its wall clock shows it in Japan: `2021-08-11T09:00:00+09:00`. */
export const isoInJst = (instant: Date): string =>
  `${new Date(instant.getTime() + jstOffsetMs).toISOString().slice(0, 19)}+09:00`;

/** The last millisecond of `day`. As-of reads take an instant that counts, and a day counts to its end. */
export const lastInstantOf = (day: Day): Date => new Date(endOfDay(day).getTime() - 1);

/** Dates of a register repeat by the million; a data word can name 65,536 of them. */
const isoDays = new Map<Day, string>();
const dayNumbers = new Map<string, Day>();

/** `2021-08-11` for day 18850. */
export function isoOfDay(day: Day): string {
  const known = isoDays.get(day);
  if (known !== undefined) return known;
  const iso = new Date(day * dayMs).toISOString().slice(0, 10);
  remember(day, iso);
  return iso;
}

/** The day of `2021-08-11`, or undefined when the text is no date of the calendar from 1970 on. */
export function dayOfIso(iso: string): Day | undefined {
  const known = dayNumbers.get(iso);
  if (known !== undefined) return known;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return undefined;
  const day = Date.parse(`${iso}T00:00:00Z`) / dayMs;
  return day >= 0 && isoOfDay(day) === iso ? day : undefined;
}

/** The day of a text that was checked already. @throws RangeError for a text that is no day after all */
export function dayOf(iso: string): Day {
  const day = dayOfIso(iso);
  if (day === undefined) throw new RangeError(`Not a day: ${iso}`);
  return day;
}

/** The day of a checked text, and 0 for none: as data words on chain have it. */
export const dayOrNone = (iso: string | null | undefined): Day =>
  iso === null || iso === undefined ? 0 : dayOf(iso);

function remember(day: Day, iso: string): void {
  if (day < 0 || isoDays.size >= 65_536) return;
  isoDays.set(day, iso);
  dayNumbers.set(iso, day);
}

/** 0 is Sunday. */
export const weekdayOf = (day: Day): number => (day + 4) % 7;
