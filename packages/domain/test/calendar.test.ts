import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { following, isBusinessDay, isHoliday, preceding, settlementDay } from "../src/calendar.ts";
import { holidays } from "../src/holidays.ts";
import { dayOf, isoOfDay, weekdayOf } from "../src/jst.ts";

interface Case {
  rule: "T+2" | "following" | "preceding";
  trade?: string;
  date?: string;
  expect: string;
}
const path = new URL("../../../test/fixtures/kenedix-2021.json", import.meta.url);
const fixture = JSON.parse(readFileSync(path, "utf8")) as { calendar: Case[]; holidays_used: string[] };

const rules = {
  "T+2": (each: Case) => settlementDay(dayOf(each.trade!), 2),
  following: (each: Case) => following(dayOf(each.date!)),
  preceding: (each: Case) => preceding(dayOf(each.date!)),
};

test.each(fixture.calendar)("$rule of $trade$date is $expect", (each) => {
  expect(isoOfDay(rules[each.rule](each))).toBe(each.expect);
});

test("the fixture's holidays are ours", () => {
  expect(fixture.holidays_used.filter((iso) => !isHoliday(dayOf(iso)))).toEqual([]);
});

describe("the table obeys the Holidays Act", () => {
  const years = Object.keys(holidays).map(Number);
  const named = (year: number) => {
    const monday = (month: number, nth: number) => {
      const first = dayOf(`${year}-${String(month).padStart(2, "0")}-01`);
      return first + ((8 - weekdayOf(first)) % 7) + 7 * (nth - 1);
    };
    // The astronomical formula of the equinoxes, good for 1980 to 2099.
    const equinox = (base: number) =>
      Math.floor(base + 0.242194 * (year - 1980) - Math.floor((year - 1980) / 4));
    const on = (monthDay: string) => dayOf(`${year}-${monthDay}`);
    return [
      on("01-01"),
      monday(1, 2),
      on("02-11"),
      on("02-23"),
      on(`03-${equinox(20.8431)}`),
      on("04-29"),
      on("05-03"),
      on("05-04"),
      on("05-05"),
      year === 2021 ? on("07-22") : monday(7, 3),
      year === 2021 ? on("08-08") : on("08-11"),
      monday(9, 3),
      on(`09-${equinox(23.2488)}`),
      year === 2021 ? on("07-23") : monday(10, 2),
      on("11-03"),
      on("11-23"),
    ];
  };

  /** Act 3(2): a holiday on Sunday moves to the next day that is none; 3(3): a day between two holidays is one. */
  const withSubstitutes = (days: number[]) => {
    const all = new Set(days);
    for (const each of days) {
      if (weekdayOf(each) !== 0) continue;
      let next = each + 1;
      while (all.has(next)) next++;
      all.add(next);
    }
    for (const each of days) if (days.includes(each + 2) && !all.has(each + 1)) all.add(each + 1);
    return [...all].sort((a, b) => a - b);
  };

  test.each(years)("%i", (year) => {
    const first = dayOf(`${year}-01-01`);
    const ours = Array.from({ length: 366 }, (_, i) => first + i).filter(
      (each) => isoOfDay(each).startsWith(String(year)) && isHoliday(each),
    );
    expect(ours.map(isoOfDay)).toEqual(withSubstitutes(named(year)).map(isoOfDay));
  });
});

test("12/31 to 1/3 and weekends are closed, 1/4 and 12/30 are open", () => {
  const open = ["2021-12-30", "2022-01-04"];
  const closed = ["2021-12-31", "2022-01-02", "2022-01-03", "2021-08-07"];
  expect(open.map((iso) => isBusinessDay(dayOf(iso)))).toEqual([true, true]);
  expect(closed.map((iso) => isBusinessDay(dayOf(iso)))).toEqual([false, false, false, false]);
});

test("a year without announced holidays is refused", () => {
  expect(() => isBusinessDay(dayOf("2028-01-04"))).toThrow(RangeError);
  expect(() => settlementDay(dayOf("2027-12-30"), 2)).toThrow("2028");
});
