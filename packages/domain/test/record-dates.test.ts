import { describe, expect, test } from "vitest";
import { dayOf, isoOfDay } from "../src/jst.ts";
import { endOfMonths, lastNoticeDay, recordDateFaults } from "../src/record-dates.ts";

const terms = { day: "2022-01-31", exerciseUntil: "2022-02-28", noticeOn: null, deedClauseRef: null };

test.each([
  ["2022-01-31", "2022-04-30"], // from 1 February: the day before 1 May
  ["2022-01-15", "2022-04-15"],
  ["2021-11-29", "2022-02-28"], // 30 February answers to 30 November: there is none
  ["2021-11-27", "2022-02-27"],
  ["2023-11-29", "2024-02-29"],
  ["2021-08-31", "2021-11-30"],
  ["2022-07-31", "2022-10-31"],
])("three months after %s end on %s [TA 189(3)]", (day, end) => {
  expect(isoOfDay(endOfMonths(dayOf(day), 3))).toBe(end);
});

describe("rights are exercised within three months of the record date [TA 189(3)]", () => {
  const faults = (exerciseUntil: string | null) =>
    recordDateFaults("TRUST_BENEFICIAL", { ...terms, exerciseUntil, deedClauseRef: "第20条" });
  test.each([
    ["2022-04-30", []],
    ["2022-05-01", ["EXERCISE_OUTSIDE_PERIOD"]],
    ["2022-02-01", []],
    ["2022-01-31", ["EXERCISE_OUTSIDE_PERIOD"]],
    [null, ["EXERCISE_DATE_MISSING"]],
  ])("until %s: %j", (until, expected) => expect(faults(until)).toEqual(expected));
});

describe("the gazette's notice leaves two whole weeks, unless the deed fixes date and rights [TA 189(4)]", () => {
  const faults = (more: object) => recordDateFaults("TRUST_BENEFICIAL", { ...terms, ...more });
  test("the last day for 31 January is 16 January", () => {
    expect(isoOfDay(lastNoticeDay(dayOf("2022-01-31")))).toBe("2022-01-16");
    expect(faults({ noticeOn: "2022-01-14" })).toEqual([]);
    expect(faults({ noticeOn: "2022-01-17" })).toEqual(["NOTICE_TOO_LATE"]);
  });
  test("the gazette does not appear on weekends, holidays and at the turn of the year", () => {
    for (const noticeOn of ["2022-01-16", "2022-01-10", "2021-12-29", "2022-01-03"])
      expect([noticeOn, faults({ noticeOn })]).toEqual([noticeOn, ["NOTICE_NO_GAZETTE"]]);
    expect(faults({ noticeOn: "2021-12-28" })).toEqual([]);
    expect(faults({ noticeOn: "2022-01-22" })).toEqual(["NOTICE_TOO_LATE", "NOTICE_NO_GAZETTE"]);
  });
  test("without notice and clause it is refused; the clause makes up for it", () => {
    expect(faults({})).toEqual(["NOTICE_MISSING"]);
    expect(faults({ deedClauseRef: "信託契約第20条" })).toEqual([]);
  });
  test("every fault is named", () => {
    expect(faults({ exerciseUntil: null })).toEqual(["EXERCISE_DATE_MISSING", "NOTICE_MISSING"]);
  });
});

describe("a deed that provides otherwise goes before the law's periods [TA 189(5)]", () => {
  const faults = (deed: object, more: object) =>
    recordDateFaults(
      "TRUST_BENEFICIAL",
      { ...terms, ...more },
      { exerciseMonths: 3, noticeDays: 14, ...deed },
    );
  test("for how long the right is exercised", () => {
    const long = { exerciseUntil: "2022-07-31", deedClauseRef: "第20条" };
    expect(faults({}, long)).toEqual(["EXERCISE_OUTSIDE_PERIOD"]);
    expect(faults({ exerciseMonths: 6 }, long)).toEqual([]);
    expect(faults({ exerciseMonths: 6 }, { ...long, exerciseUntil: "2022-08-01" })).toEqual([
      "EXERCISE_OUTSIDE_PERIOD",
    ]);
    expect(faults({ exerciseMonths: 1 }, { ...long, exerciseUntil: "2022-03-01" })).toEqual([
      "EXERCISE_OUTSIDE_PERIOD",
    ]);
  });
  test("for the notice: more days, fewer, or none", () => {
    const notice = { noticeOn: "2022-01-14" };
    expect(faults({ noticeDays: 16 }, notice)).toEqual([]);
    expect(faults({ noticeDays: 17 }, notice)).toEqual(["NOTICE_TOO_LATE"]);
    expect(faults({ noticeDays: 7 }, {})).toEqual(["NOTICE_MISSING"]);
    expect(faults({ noticeDays: 0 }, {})).toEqual([]);
  });
});

test("the Companies Act sets no such rule for a bond", () => {
  expect(recordDateFaults("BOND", { ...terms, exerciseUntil: null })).toEqual([]);
});
