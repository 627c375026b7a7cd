import { holidays } from "./holidays.ts";
import { type Day, dayOf, isoOfDay, weekdayOf } from "./jst.ts";

const holidayDays = new Set(
  Object.entries(holidays).flatMap(([year, days]) =>
    days.split(" ").map((day) => {
      const [month, date] = day.split("/");
      return dayOf(`${year}-${month!.padStart(2, "0")}-${date!.padStart(2, "0")}`);
    }),
  ),
);

export const isHoliday = (day: Day): boolean => holidayDays.has(day);

/** Whether the holidays of a day's year are announced. */
export const knowsHolidays = (day: Day): boolean => holidays[Number(isoOfDay(day).slice(0, 4))] !== undefined;

/**
 * Whether securities are settled on a day: not a weekend, a national holiday or 12/31 to 1/3.
 * @throws RangeError for a year without announced holidays, rather than guess
 */
export function isBusinessDay(day: Day): boolean {
  const iso = isoOfDay(day);
  if (!knowsHolidays(day)) throw new RangeError(`No holidays are known for ${iso}`);
  const weekday = weekdayOf(day);
  const monthDay = iso.slice(5);
  return weekday !== 0 && weekday !== 6 && !isHoliday(day) && monthDay !== "12-31" && monthDay > "01-03";
}

/**
 * Whether the official gazette (官報) appears on a day: the offices' rest days are weekends, national holidays and 12/29 to
 * 1/3 (行政機関の休日に関する法律 1). In a year whose holidays are not announced yet, weekends and the turn of the year alone
 * are known.
 */
export function isGazetteDay(day: Day): boolean {
  const weekday = weekdayOf(day);
  const monthDay = isoOfDay(day).slice(5);
  return weekday !== 0 && weekday !== 6 && !isHoliday(day) && monthDay < "12-29" && monthDay > "01-03";
}

/** `day` itself if business is done then, else the first business day after it. */
export const following = (day: Day): Day => (isBusinessDay(day) ? day : following(day + 1));

/** `day` itself if business is done then, else the last business day before it. */
export const preceding = (day: Day): Day => (isBusinessDay(day) ? day : preceding(day - 1));

/** The n-th business day after the trade date, which itself is not counted: T+n. */
export function settlementDay(tradeDate: Day, n: number): Day {
  let day = tradeDate;
  for (let left = n; left > 0; left--) day = following(day + 1);
  return day;
}
