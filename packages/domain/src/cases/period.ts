import { isHoliday, knowsHolidays } from "../calendar.ts";
import { type Day, isoOfDay, weekdayOf } from "../jst.ts";

/**
 * Whether a period of procedure may end on a day: no weekend, no national holiday, not 1/2, 1/3 or 12/29 to 12/31
 * (CPC 95(3)). Other days than those on which securities settle.
 */
function isCourtDay(day: Day): boolean {
  const monthDay = isoOfDay(day).slice(5);
  const closed = monthDay >= "12-29" || monthDay <= "01-03";
  return weekdayOf(day) % 6 !== 0 && !isHoliday(day) && !closed;
}

/**
 * The last day of a period of weeks. The first day does not count (Civil Code 140); a period that would end on a day
 * of rest ends on the next day that is none (CPC 95(3)). Null where that year's holidays are not announced yet: what
 * sets the period running has its effect whatever the calendar says.
 */
export function endOfWeeks(from: Day, weeks: number): Day | null {
  for (let day = from + 7 * weeks; knowsHolidays(day); day += 1) if (isCourtDay(day)) return day;
  return null;
}
